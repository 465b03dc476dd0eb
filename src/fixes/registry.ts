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
]);
