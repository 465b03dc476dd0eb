import { expect, test } from "vitest";
import { createSampleRepository } from "../../src/workspace/sample-repository.js";
import { createFolder } from "../support/repository.js";
import { runGuard } from "../support/run-guard.js";

interface AuditOutput {
  readonly findings: readonly { readonly trigger: string; readonly confidence: string }[];
}

test("the sample shop has something to show for each of the ten triggers", async () => {
  const { path } = await createSampleRepository(createFolder());
  const { code, output } = await runGuard(["audit", path, "--format", "json"]);
  const triggers = new Set((JSON.parse(output) as AuditOutput).findings.map(({ trigger }) => trigger));
  expect(code).toBe(1);
  expect([...triggers]).toEqual(
    expect.arrayContaining([
      "n_plus_one",
      "missing_error_handling",
      "synchronous_when_should_be_async",
      "database_query_in_loop",
      "missing_indexes",
      "resource_leak",
      "hardcoded_values",
      "no_tests",
      "sql_injection_risk",
      "missing_auth",
    ]),
  );
});
