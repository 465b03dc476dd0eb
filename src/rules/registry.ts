// Generated from the rules on disk by `npm run generate`; do not edit.
import type { Rule } from "./define.js";
import { actorGivenTooLate } from "./elixir/ash/actor-given-too-late.js";
import { authorizationSkipped } from "./elixir/ash/authorization-skipped.js";
import { crudWrittenByHand } from "./elixir/ash/crud-written-by-hand.js";
import { policyCheckTooWide } from "./elixir/ash/policy-check-too-wide.js";
import { resourceWithoutAuthorizer } from "./elixir/ash/resource-without-authorizer.js";
import { jobAfterTransaction } from "./elixir/async/job-after-transaction.js";
import { jobErrorCountsAsSuccess } from "./elixir/async/job-error-counts-as-success.js";
import { jobHoldsStruct } from "./elixir/async/job-holds-struct.js";
import { jobReadsAtomKeys } from "./elixir/async/job-reads-atom-keys.js";
import { jobRepeatsForAll } from "./elixir/async/job-repeats-for-all.js";
import { jobTimeInMilliseconds } from "./elixir/async/job-time-in-milliseconds.js";
import { programRunInRequest } from "./elixir/async/program-run-in-request.js";
import { sleepInRequest } from "./elixir/async/sleep-in-request.js";
import { slowWorkInRequest } from "./elixir/async/slow-work-in-request.js";
import { uniqueByMissingKey } from "./elixir/async/unique-by-missing-key.js";
import { uniqueJobsInBulk } from "./elixir/async/unique-jobs-in-bulk.js";
import { cacheKeptAfterDelete } from "./elixir/caching/cache-kept-after-delete.js";
import { sameReadEveryRequest } from "./elixir/caching/same-read-every-request.js";
import { compiledSettingSetAtStart } from "./elixir/configuration/compiled-setting-set-at-start.js";
import { environmentReadAtCompileTime } from "./elixir/configuration/environment-read-at-compile-time.js";
import { secretDefaultsOpen } from "./elixir/configuration/secret-defaults-open.js";
import { secretInSource } from "./elixir/configuration/secret-in-source.js";
import { variableReadWhenBuilt } from "./elixir/configuration/variable-read-when-built.js";
import { associationNotLoaded } from "./elixir/data/association-not-loaded.js";
import { cacheClearedBeforeWrite } from "./elixir/data/cache-cleared-before-write.js";
import { checkThenInsert } from "./elixir/data/check-then-insert.js";
import { constraintNotInDatabase } from "./elixir/data/constraint-not-in-database.js";
import { constraintWithoutIndex } from "./elixir/data/constraint-without-index.js";
import { deepOffset } from "./elixir/data/deep-offset.js";
import { identityWithoutIndex } from "./elixir/data/identity-without-index.js";
import { infiniteTimeout } from "./elixir/data/infinite-timeout.js";
import { limitCheckedBeforeInsert } from "./elixir/data/limit-checked-before-insert.js";
import { loadThenReduce } from "./elixir/data/load-then-reduce.js";
import { lookupWithoutIndex } from "./elixir/data/lookup-without-index.js";
import { moneyAsFloat } from "./elixir/data/money-as-float.js";
import { multiNeverRun } from "./elixir/data/multi-never-run.js";
import { orderByWithoutIndex } from "./elixir/data/order-by-without-index.js";
import { pairNotUnique } from "./elixir/data/pair-not-unique.js";
import { preloadMultipliesRows } from "./elixir/data/preload-multiplies-rows.js";
import { queryAfterFailedInsert } from "./elixir/data/query-after-failed-insert.js";
import { queryPerElement } from "./elixir/data/query-per-element.js";
import { requiredButNullable } from "./elixir/data/required-but-nullable.js";
import { spentOnceUnlocked } from "./elixir/data/spent-once-unlocked.js";
import { staleValueWritten } from "./elixir/data/stale-value-written.js";
import { streamOutsideTransaction } from "./elixir/data/stream-outside-transaction.js";
import { toldBeforeCommit } from "./elixir/data/told-before-commit.js";
import { transactionCommitsError } from "./elixir/data/transaction-commits-error.js";
import { unboundedList } from "./elixir/data/unbounded-list.js";
import { uniqueCheckWithoutIndex } from "./elixir/data/unique-check-without-index.js";
import { uniqueIndexWithoutConstraint } from "./elixir/data/unique-index-without-constraint.js";
import { writeOnReplica } from "./elixir/data/write-on-replica.js";
import { writePerElement } from "./elixir/data/write-per-element.js";
import { writesWithoutTransaction } from "./elixir/data/writes-without-transaction.js";
import { functionCopied } from "./elixir/duplication/function-copied.js";
import { functionExistsAlready } from "./elixir/duplication/function-exists-already.js";
import { patternRepeated } from "./elixir/duplication/pattern-repeated.js";
import { answerDecodedUnchecked } from "./elixir/errors/answer-decoded-unchecked.js";
import { caseWithoutError } from "./elixir/errors/case-without-error.js";
import { clientWithoutTimeout } from "./elixir/errors/client-without-timeout.js";
import { failureNotExpected } from "./elixir/errors/failure-not-expected.js";
import { failureToldAsSuccess } from "./elixir/errors/failure-told-as-success.js";
import { httpErrorHalfMatched } from "./elixir/errors/http-error-half-matched.js";
import { patternNeverMatches } from "./elixir/errors/pattern-never-matches.js";
import { reasonNotLogged } from "./elixir/errors/reason-not-logged.js";
import { rescueHidesFailure } from "./elixir/errors/rescue-hides-failure.js";
import { resultDropped } from "./elixir/errors/result-dropped.js";
import { retriedAtOnce } from "./elixir/errors/retried-at-once.js";
import { taskErrorUnhandled } from "./elixir/errors/task-error-unhandled.js";
import { taskStreamCanCrash } from "./elixir/errors/task-stream-can-crash.js";
import { throwNeverCaught } from "./elixir/errors/throw-never-caught.js";
import { withElseMissesError } from "./elixir/errors/with-else-misses-error.js";
import { changeNotReversible } from "./elixir/migrations/change-not-reversible.js";
import { columnRemovedWhileRead } from "./elixir/migrations/column-removed-while-read.js";
import { columnTypeChange } from "./elixir/migrations/column-type-change.js";
import { concurrentIndexInTransaction } from "./elixir/migrations/concurrent-index-in-transaction.js";
import { constraintValidatedAtOnce } from "./elixir/migrations/constraint-validated-at-once.js";
import { dataAndStructureMixed } from "./elixir/migrations/data-and-structure-mixed.js";
import { foreignKeyWithoutIndex } from "./elixir/migrations/foreign-key-without-index.js";
import { indexBlocksWrites } from "./elixir/migrations/index-blocks-writes.js";
import { migrationLockHeld } from "./elixir/migrations/migration-lock-held.js";
import { migrationUsesSchema } from "./elixir/migrations/migration-uses-schema.js";
import { notNullAtOnce } from "./elixir/migrations/not-null-at-once.js";
import { redundantIndex } from "./elixir/migrations/redundant-index.js";
import { referenceWithoutForeignKey } from "./elixir/migrations/reference-without-foreign-key.js";
import { fatController } from "./elixir/phoenix/fat-controller.js";
import { listGrowsInAssigns } from "./elixir/phoenix/list-grows-in-assigns.js";
import { queryInView } from "./elixir/phoenix/query-in-view.js";
import { subscribeWithoutConnected } from "./elixir/phoenix/subscribe-without-connected.js";
import { callOutlivesTimeout } from "./elixir/processes/call-outlives-timeout.js";
import { callToSelf } from "./elixir/processes/call-to-self.js";
import { childrenNotStartedAgain } from "./elixir/processes/children-not-started-again.js";
import { connectionWithoutTimeout } from "./elixir/processes/connection-without-timeout.js";
import { messageWithoutClause } from "./elixir/processes/message-without-clause.js";
import { processNamedByNewAtom } from "./elixir/processes/process-named-by-new-atom.js";
import { processStartedUnsupervised } from "./elixir/processes/process-started-unsupervised.js";
import { receiveWithoutLimit } from "./elixir/processes/receive-without-limit.js";
import { restartedAfterNormalEnd } from "./elixir/processes/restarted-after-normal-end.js";
import { serverWithoutState } from "./elixir/processes/server-without-state.js";
import { sleepInServer } from "./elixir/processes/sleep-in-server.js";
import { slowInit } from "./elixir/processes/slow-init.js";
import { stateInProcessDictionary } from "./elixir/processes/state-in-process-dictionary.js";
import { stateWithoutTimeout } from "./elixir/processes/state-without-timeout.js";
import { taskNeverAwaited } from "./elixir/processes/task-never-awaited.js";
import { timerRearmed } from "./elixir/processes/timer-rearmed.js";
import { fileNeverClosed } from "./elixir/resources/file-never-closed.js";
import { fileWrittenInPlace } from "./elixir/resources/file-written-in-place.js";
import { monitorLeft } from "./elixir/resources/monitor-left.js";
import { stateGrows } from "./elixir/resources/state-grows.js";
import { subscribedAgain } from "./elixir/resources/subscribed-again.js";
import { subscriptionNotUndone } from "./elixir/resources/subscription-not-undone.js";
import { tableGrows } from "./elixir/resources/table-grows.js";
import { tableOwnedByRequest } from "./elixir/resources/table-owned-by-request.js";
import { temporaryFileLeft } from "./elixir/resources/temporary-file-left.js";
import { actionLeftOutOfGuard } from "./elixir/security/action-left-out-of-guard.js";
import { addressFromInput } from "./elixir/security/address-from-input.js";
import { atomFromInput } from "./elixir/security/atom-from-input.js";
import { browserHeadersMissing } from "./elixir/security/browser-headers-missing.js";
import { codeFromInput } from "./elixir/security/code-from-input.js";
import { codeGuessedWithoutLimit } from "./elixir/security/code-guessed-without-limit.js";
import { controllerWithoutPermission } from "./elixir/security/controller-without-permission.js";
import { cookieUnprotected } from "./elixir/security/cookie-unprotected.js";
import { corsTrustsEverybody } from "./elixir/security/cors-trusts-everybody.js";
import { debugPageExposed } from "./elixir/security/debug-page-exposed.js";
import { fieldWithoutAuthentication } from "./elixir/security/field-without-authentication.js";
import { forgeryPossible } from "./elixir/security/forgery-possible.js";
import { htmlAllowlistTooWide } from "./elixir/security/html-allowlist-too-wide.js";
import { htmlFromInput } from "./elixir/security/html-from-input.js";
import { httpsNotEnforced } from "./elixir/security/https-not-enforced.js";
import { instructionToReviewer } from "./elixir/security/instruction-to-reviewer.js";
import { liveRecordWithoutPermission } from "./elixir/security/live-record-without-permission.js";
import { missingRateLimit } from "./elixir/security/missing-rate-limit.js";
import { pathFromInput } from "./elixir/security/path-from-input.js";
import { privilegedFieldCast } from "./elixir/security/privileged-field-cast.js";
import { recordOfAnotherParent } from "./elixir/security/record-of-another-parent.js";
import { recordWithoutPermission } from "./elixir/security/record-without-permission.js";
import { routeWithoutAuthentication } from "./elixir/security/route-without-authentication.js";
import { scriptPolicyUnsafe } from "./elixir/security/script-policy-unsafe.js";
import { secretGuessable } from "./elixir/security/secret-guessable.js";
import { secretInLog } from "./elixir/security/secret-in-log.js";
import { sqlBuiltFromValues } from "./elixir/security/sql-built-from-values.js";
import { sqlCheckLetsRestThrough } from "./elixir/security/sql-check-lets-rest-through.js";
import { sqlQuotedByHand } from "./elixir/security/sql-quoted-by-hand.js";
import { storedTextPrintedRaw } from "./elixir/security/stored-text-printed-raw.js";
import { templateNotEscaped } from "./elixir/security/template-not-escaped.js";
import { termFromInput } from "./elixir/security/term-from-input.js";
import { tlsNotVerified } from "./elixir/security/tls-not-verified.js";
import { tokenNeverExpires } from "./elixir/security/token-never-expires.js";
import { uploadOfAnyType } from "./elixir/security/upload-of-any-type.js";
import { urlSchemeNotChecked } from "./elixir/security/url-scheme-not-checked.js";
import { vulnerableDependency } from "./elixir/security/vulnerable-dependency.js";
import { webhookNotVerified } from "./elixir/security/webhook-not-verified.js";
import { websocketOriginUnchecked } from "./elixir/security/websocket-origin-unchecked.js";
import { xmlEntitiesExpanded } from "./elixir/security/xml-entities-expanded.js";
import { assertionlessTest } from "./elixir/tests/assertionless-test.js";
import { moduleWithoutTests } from "./elixir/tests/module-without-tests.js";
import { riskyFunctionUntested } from "./elixir/tests/risky-function-untested.js";
import { sleepingTest } from "./elixir/tests/sleeping-test.js";
import { queryAwaitedInLoop } from "./javascript/data/query-awaited-in-loop.js";
import { relationReadPerRow } from "./python/data/relation-read-per-row.js";

/** Every rule of Guard, in the order of their files. */
export const rules: readonly Rule[] = [
  actorGivenTooLate,
  authorizationSkipped,
  crudWrittenByHand,
  policyCheckTooWide,
  resourceWithoutAuthorizer,
  jobAfterTransaction,
  jobErrorCountsAsSuccess,
  jobHoldsStruct,
  jobReadsAtomKeys,
  jobRepeatsForAll,
  jobTimeInMilliseconds,
  programRunInRequest,
  sleepInRequest,
  slowWorkInRequest,
  uniqueByMissingKey,
  uniqueJobsInBulk,
  cacheKeptAfterDelete,
  sameReadEveryRequest,
  compiledSettingSetAtStart,
  environmentReadAtCompileTime,
  secretDefaultsOpen,
  secretInSource,
  variableReadWhenBuilt,
  associationNotLoaded,
  cacheClearedBeforeWrite,
  checkThenInsert,
  constraintNotInDatabase,
  constraintWithoutIndex,
  deepOffset,
  identityWithoutIndex,
  infiniteTimeout,
  limitCheckedBeforeInsert,
  loadThenReduce,
  lookupWithoutIndex,
  moneyAsFloat,
  multiNeverRun,
  orderByWithoutIndex,
  pairNotUnique,
  preloadMultipliesRows,
  queryAfterFailedInsert,
  queryPerElement,
  requiredButNullable,
  spentOnceUnlocked,
  staleValueWritten,
  streamOutsideTransaction,
  toldBeforeCommit,
  transactionCommitsError,
  unboundedList,
  uniqueCheckWithoutIndex,
  uniqueIndexWithoutConstraint,
  writeOnReplica,
  writePerElement,
  writesWithoutTransaction,
  functionCopied,
  functionExistsAlready,
  patternRepeated,
  answerDecodedUnchecked,
  caseWithoutError,
  clientWithoutTimeout,
  failureNotExpected,
  failureToldAsSuccess,
  httpErrorHalfMatched,
  patternNeverMatches,
  reasonNotLogged,
  rescueHidesFailure,
  resultDropped,
  retriedAtOnce,
  taskErrorUnhandled,
  taskStreamCanCrash,
  throwNeverCaught,
  withElseMissesError,
  changeNotReversible,
  columnRemovedWhileRead,
  columnTypeChange,
  concurrentIndexInTransaction,
  constraintValidatedAtOnce,
  dataAndStructureMixed,
  foreignKeyWithoutIndex,
  indexBlocksWrites,
  migrationLockHeld,
  migrationUsesSchema,
  notNullAtOnce,
  redundantIndex,
  referenceWithoutForeignKey,
  fatController,
  listGrowsInAssigns,
  queryInView,
  subscribeWithoutConnected,
  callOutlivesTimeout,
  callToSelf,
  childrenNotStartedAgain,
  connectionWithoutTimeout,
  messageWithoutClause,
  processNamedByNewAtom,
  processStartedUnsupervised,
  receiveWithoutLimit,
  restartedAfterNormalEnd,
  serverWithoutState,
  sleepInServer,
  slowInit,
  stateInProcessDictionary,
  stateWithoutTimeout,
  taskNeverAwaited,
  timerRearmed,
  fileNeverClosed,
  fileWrittenInPlace,
  monitorLeft,
  stateGrows,
  subscribedAgain,
  subscriptionNotUndone,
  tableGrows,
  tableOwnedByRequest,
  temporaryFileLeft,
  actionLeftOutOfGuard,
  addressFromInput,
  atomFromInput,
  browserHeadersMissing,
  codeFromInput,
  codeGuessedWithoutLimit,
  controllerWithoutPermission,
  cookieUnprotected,
  corsTrustsEverybody,
  debugPageExposed,
  fieldWithoutAuthentication,
  forgeryPossible,
  htmlAllowlistTooWide,
  htmlFromInput,
  httpsNotEnforced,
  instructionToReviewer,
  liveRecordWithoutPermission,
  missingRateLimit,
  pathFromInput,
  privilegedFieldCast,
  recordOfAnotherParent,
  recordWithoutPermission,
  routeWithoutAuthentication,
  scriptPolicyUnsafe,
  secretGuessable,
  secretInLog,
  sqlBuiltFromValues,
  sqlCheckLetsRestThrough,
  sqlQuotedByHand,
  storedTextPrintedRaw,
  templateNotEscaped,
  termFromInput,
  tlsNotVerified,
  tokenNeverExpires,
  uploadOfAnyType,
  urlSchemeNotChecked,
  vulnerableDependency,
  webhookNotVerified,
  websocketOriginUnchecked,
  xmlEntitiesExpanded,
  assertionlessTest,
  moduleWithoutTests,
  riskyFunctionUntested,
  sleepingTest,
  queryAwaitedInLoop,
  relationReadPerRow,
];
