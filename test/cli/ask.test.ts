import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { shop } from "../support/consultation.js";
import { startMessagesApi } from "../support/messages-api.js";
import type { MessagesApi } from "../support/messages-api.js";
import { createFolder, createRepository, type TestRepository } from "../support/repository.js";
import { runGuard } from "../support/run-guard.js";

vi.setConfig({ testTimeout: 60_000 }); // whole programs are run

const answer = {
  answer: "`with_users/1` asks once per order. It takes 2.3 seconds.",
  evidence: [{ path: "lib/shop/orders.ex", line: 5, quote: "Enum.map(orders, fn order -> Repo.preload(order, :user) end)" }],
};

describe("guard ask", () => {
  let api: MessagesApi;
  let repository: TestRepository;
  beforeAll(async () => {
    api = await startMessagesApi();
    repository = await createRepository({ files: shop });
  });
  afterAll(() => api.close());
  const key = ["test", "key"].join("-");

  test("answers with lines that stand, and without sentences that don't", async () => {
    api.script({ text: "", calls: [{ name: "read", input: { path: "lib/shop/orders.ex" } }] }, { text: JSON.stringify(answer) });
    const env = { ANTHROPIC_API_KEY: key, ANTHROPIC_BASE_URL: api.url };
    const { code, output } = await runGuard(["ask", repository.path, "why is it slow?", "--format", "json"], { env });
    expect(code).toBe(0);
    expect(JSON.parse(output)).toMatchObject({
      schema: 1,
      answer: "`with_users/1` asks once per order.",
      evidence: [{ path: "lib/shop/orders.ex", line: 5 }],
      dropped: [{ kind: "number" }],
      cost: { usage: { calls: 2 } },
    });
  });

  test("says what is missing when no key is set", async () => {
    const { code, errors } = await runGuard(["ask", repository.path, "why is it slow?"]);
    expect(code).toBe(2);
    expect(errors).toContain("ANTHROPIC_API_KEY is not set");
  });

  test("shows nothing of a repository marked `model: never` to anybody", async () => {
    const cwd = createFolder();
    await writeFile(join(cwd, "guard.config.yml"), `repositories:\n  - name: shop\n    url: ${repository.path}\n    model: never\n`);
    const before = api.calls.length;
    const env = { ANTHROPIC_API_KEY: key, ANTHROPIC_BASE_URL: api.url };
    const { code, errors } = await runGuard(["ask", "shop", "why is it slow?"], { cwd, env });
    expect(code).toBe(2);
    expect(errors).toContain("model: never");
    expect(api.calls).toHaveLength(before);
  });
});
