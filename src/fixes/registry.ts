import type { ProposeChange } from "./define.js";
import { addIndexMigration } from "./elixir/add-index-migration.js";
import { buildIndexConcurrently } from "./elixir/build-index-concurrently.js";
import { closeFile } from "./elixir/close-file.js";
import { countInDatabase } from "./elixir/count-in-database.js";
import { parameteriseSql } from "./elixir/parameterise-sql.js";
import { loadBeforeLoop } from "./elixir/load-before-loop.js";
import { raiseOnFailedWrite } from "./elixir/raise-on-failed-write.js";
import { readSecretAtStart } from "./elixir/read-secret-at-start.js";
import { requireLogin } from "./elixir/require-login.js";
import { writeAllAtOnce } from "./elixir/write-all-at-once.js";
import { rollBackError } from "./elixir/roll-back-error.js";
import { writeTests } from "./elixir/write-tests.js";
import { addUniqueIndex } from "./elixir/add-unique-index.js";
import { matchUniqueConstraint } from "./elixir/match-unique-constraint.js";
import { matchConstraint } from "./elixir/match-constraint.js";
import { addForeignKey } from "./elixir/add-foreign-key.js";
import { dropRedundantIndex } from "./elixir/drop-redundant-index.js";
import { setNotNull } from "./elixir/set-not-null.js";
import { addUniqueConstraint } from "./elixir/add-unique-constraint.js";
import { awaitMessage } from "./elixir/await-message.js";
import { boundWait } from "./elixir/bound-wait.js";
import { checkOrigin } from "./elixir/check-origin.js";
import { decodeSafely } from "./elixir/decode-safely.js";
import { enforceHttps } from "./elixir/enforce-https.js";
import { escapeHtml } from "./elixir/escape-html.js";
import { failJob } from "./elixir/fail-job.js";
import { guardField } from "./elixir/guard-field.js";
import { keepMulti } from "./elixir/keep-multi.js";
import { keepUnguessable } from "./elixir/keep-unguessable.js";
import { leaveWith } from "./elixir/leave-with.js";
import { limitConnection } from "./elixir/limit-connection.js";
import { matchRow } from "./elixir/match-row.js";
import { preloadLoaded } from "./elixir/preload-loaded.js";
import { protectFromForgery } from "./elixir/protect-from-forgery.js";
import { readSettingLate } from "./elixir/read-setting-late.js";
import { readStringKeys } from "./elixir/read-string-keys.js";
import { refuseEntities } from "./elixir/refuse-entities.js";
import { refuseNewAtoms } from "./elixir/refuse-new-atoms.js";
import { refuseWithoutSetting } from "./elixir/refuse-without-setting.js";
import { sayWayBack } from "./elixir/say-way-back.js";
import { secureHeaders } from "./elixir/secure-headers.js";
import { stayInFolder } from "./elixir/stay-in-folder.js";
import { streamInTransaction } from "./elixir/stream-in-transaction.js";
import { subscribeWhenConnected } from "./elixir/subscribe-when-connected.js";
import { superviseTask } from "./elixir/supervise-task.js";
import { undoSubscription } from "./elixir/undo-subscription.js";
import { verifyPeer } from "./elixir/verify-peer.js";
import { writeToPrimary } from "./elixir/write-to-primary.js";

/** Every fix by the id that rules name it by. */
export const fixes: ReadonlyMap<string, ProposeChange> = new Map([
  ["add-index-migration", addIndexMigration],
  ["build-index-concurrently", buildIndexConcurrently],
  ["parameterise-sql", parameteriseSql],
  ["close-file", closeFile],
  ["count-in-database", countInDatabase],
  ["raise-on-failed-write", raiseOnFailedWrite],
  ["load-before-loop", loadBeforeLoop],
  ["write-all-at-once", writeAllAtOnce],
  ["read-secret-at-start", readSecretAtStart],
  ["require-login", requireLogin],
  ["roll-back-error", rollBackError],
  ["write-tests", writeTests],
  ["add-unique-index", addUniqueIndex],
  ["match-unique-constraint", matchUniqueConstraint],
  ["match-constraint", matchConstraint],
  ["add-foreign-key", addForeignKey],
  ["drop-redundant-index", dropRedundantIndex],
  ["set-not-null", setNotNull],
  ["add-unique-constraint", addUniqueConstraint],
  ["await-message", awaitMessage],
  ["bound-wait", boundWait],
  ["check-origin", checkOrigin],
  ["decode-safely", decodeSafely],
  ["enforce-https", enforceHttps],
  ["escape-html", escapeHtml],
  ["fail-job", failJob],
  ["guard-field", guardField],
  ["keep-multi", keepMulti],
  ["keep-unguessable", keepUnguessable],
  ["leave-with", leaveWith],
  ["limit-connection", limitConnection],
  ["match-row", matchRow],
  ["preload-loaded", preloadLoaded],
  ["protect-from-forgery", protectFromForgery],
  ["read-setting-late", readSettingLate],
  ["read-string-keys", readStringKeys],
  ["refuse-entities", refuseEntities],
  ["refuse-new-atoms", refuseNewAtoms],
  ["refuse-without-setting", refuseWithoutSetting],
  ["say-way-back", sayWayBack],
  ["secure-headers", secureHeaders],
  ["stay-in-folder", stayInFolder],
  ["stream-in-transaction", streamInTransaction],
  ["subscribe-when-connected", subscribeWhenConnected],
  ["supervise-task", superviseTask],
  ["undo-subscription", undoSubscription],
  ["verify-peer", verifyPeer],
  ["write-to-primary", writeToPrimary],
]);
