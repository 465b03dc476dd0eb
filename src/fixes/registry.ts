import type { ProposeChange } from "./define.js";
import { addIndexMigration } from "./elixir/add-index-migration.js";
import { closeFile } from "./elixir/close-file.js";
import { parameteriseSql } from "./elixir/parameterise-sql.js";
import { preloadBeforeLoop } from "./elixir/preload-before-loop.js";
import { raiseOnFailedWrite } from "./elixir/raise-on-failed-write.js";
import { readSecretAtStart } from "./elixir/read-secret-at-start.js";
import { requireLogin } from "./elixir/require-login.js";
import { writeTests } from "./elixir/write-tests.js";

/** The fix for a rule's findings, by rule id. A rule that names a `fix` of its own is looked up by that. */
export const fixes: ReadonlyMap<string, ProposeChange> = new Map([
  ["foreign-key-without-index", addIndexMigration],
  ["sql-built-from-values", parameteriseSql],
  ["file-never-closed", closeFile],
  ["result-dropped", raiseOnFailedWrite],
  ["query-per-element", preloadBeforeLoop],
  ["secret-in-source", readSecretAtStart],
  ["route-without-authentication", requireLogin],
  ["module-without-tests", writeTests],
]);
