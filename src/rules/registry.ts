// Generated from the rules on disk by `npm run generate`; do not edit.
import type { Rule } from "./define.js";
import { slowWorkInRequest } from "./elixir/async/slow-work-in-request.js";
import { secretInSource } from "./elixir/configuration/secret-in-source.js";
import { queryPerElement } from "./elixir/data/query-per-element.js";
import { writePerElement } from "./elixir/data/write-per-element.js";
import { resultDropped } from "./elixir/errors/result-dropped.js";
import { foreignKeyWithoutIndex } from "./elixir/migrations/foreign-key-without-index.js";
import { fileNeverClosed } from "./elixir/resources/file-never-closed.js";
import { routeWithoutAuthentication } from "./elixir/security/route-without-authentication.js";
import { sqlBuiltFromValues } from "./elixir/security/sql-built-from-values.js";
import { moduleWithoutTests } from "./elixir/tests/module-without-tests.js";

/** Every rule of Guard, in the order of their files. */
export const rules: readonly Rule[] = [
  slowWorkInRequest,
  secretInSource,
  queryPerElement,
  writePerElement,
  resultDropped,
  foreignKeyWithoutIndex,
  fileNeverClosed,
  routeWithoutAuthentication,
  sqlBuiltFromValues,
  moduleWithoutTests,
];
