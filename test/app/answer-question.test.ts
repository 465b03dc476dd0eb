import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { answerQuestion, questionBudget } from "../../src/app/answer-question.js";
import type { QuestionOptions } from "../../src/app/answer-question.js";
import { loadPrompts } from "../../src/shell/data/prompts.js";
import { createTalk } from "../../src/shell/claude/talk.js";
import { consultationAbout, root, shop } from "../support/consultation.js";
import { startMessagesApi } from "../support/messages-api.js";
import type { MessagesApi, Scripted } from "../support/messages-api.js";

const prompts = loadPrompts(root);
const evidence = [{ path: "lib/shop/orders.ex", line: 5, quote: "Enum.map(orders, fn order -> Repo.preload(order, :user) end)" }];
const answering = (answer: string, lines = evidence): Scripted => ({ text: JSON.stringify({ answer, evidence: lines }) });
const looking = (...calls: { name: string; input: unknown }[]): Scripted => ({ text: "Looking.", calls });

describe("a question about the project", () => {
  let api: MessagesApi;
  beforeEach(async () => {
    api = await startMessagesApi();
  });
  afterEach(() => api.close());

  async function ask(options: QuestionOptions, ...answers: Scripted[]) {
    api.script(...answers);
    const log = { info: () => {}, warn: () => {}, error: () => {} };
    const talk = createTalk({ apiKey: "test", baseUrl: api.url, timeoutMs: 5_000, idleMs: 5_000, maxRestarts: 0, maxRetries: 0, log });
    const consultation = await consultationAbout(shop, { paths: [], question: "why is it slow?" });
    return answerQuestion(consultation, { talk, prompts, model: null }, options);
  }
  const results = (call: number) => JSON.stringify(api.calls[call]?.body.messages.at(-1)?.content);

  it("is answered after a look at what the tools read", async () => {
    const answer = await ask(
      {},
      looking({ name: "symbol", input: { name: "Shop.Orders.with_users/1" } }),
      answering("`with_users/1` asks once per order."),
    );
    expect(answer).toMatchObject({ kind: "answered", text: "`with_users/1` asks once per order.", looks: 1, usage: { calls: 2 } });
    expect(answer.kind === "answered" && answer.evidence.map(({ line }) => line)).toEqual([5]);
    expect(results(1)).toMatch(/<untrusted-project-[0-9a-f]{12}.*with_users.*effects: query/);
  });

  it.each([
    ["read", { path: "lib/shop/orders.ex", first: 4, last: 6 }, "5|     Enum.map"],
    ["search", { text: "ILIKE" }, "lib/shop/search.ex:6"],
    ["symbol", { name: "Shop.Orders" }, "public get_order!/1"],
    ["callers", { function: "Shop.Orders.with_users/1" }, "Nothing in the project calls it"],
    ["table", { name: "orders" }, "user_id"],
    ["findings", {}, "None."],
    ["decisions", {}, "None."],
  ])("can be looked into with %s", async (name, input, shown) => {
    await ask({}, looking({ name, input }), answering("Yes."));
    expect(results(1)).toContain(shown);
  });

  it.each([
    ["a tool nobody offered", "run_shell", { command: "cat /etc/passwd" }],
    ["a file outside the project", "read", { path: "../../etc/passwd" }],
    ["an absolute path", "read", { path: "/etc/passwd" }],
    ["a file that was not analysed", "read", { path: ".env" }],
    ["an input of another shape", "read", { path: 7 }],
    ["the prototype of an object", "constructor", {}],
  ])("answers a call for %s with an error and does nothing", async (_name, name, input) => {
    const answer = await ask({}, looking({ name, input }), answering("`with_users/1` asks once per order."));
    expect(answer.kind).toBe("answered");
    expect(results(1)).toContain('"is_error":true');
    expect(results(1)).not.toContain("root:");
  });

  it("keeps what was said before byte for byte, so that the cache and bound thoughts hold", async () => {
    const look = looking({ name: "table", input: { name: "orders" } });
    await ask({}, look, look, answering("Yes."));
    const [first, second, third] = api.calls.map(({ body }) => body);
    expect(JSON.stringify(second?.messages.slice(0, 1))).toBe(JSON.stringify(first?.messages));
    expect(JSON.stringify(third?.messages.slice(0, 3))).toBe(JSON.stringify(second?.messages));
    expect(JSON.stringify([third?.tools, third?.system])).toBe(JSON.stringify([first?.tools, first?.system]));
  });

  it.each<[string, Partial<typeof questionBudget>, number]>([
    ["turns", { turns: 2 }, 3],
    ["tokens", { inputTokens: 150 }, 3],
    ["money", { dollars: 0.002 }, 3],
  ])("must be answered when its %s are used up", async (_name, limit, calls) => {
    const look = looking({ name: "table", input: { name: "orders" } });
    const answer = await ask({ budget: { ...questionBudget, ...limit } }, look, look, {
      ...look,
      ...answering("`with_users/1` asks once per order."),
    });
    expect(api.calls).toHaveLength(calls);
    expect(api.calls.at(-1)?.body.tool_choice).toEqual({ type: "none" });
    expect(results(calls - 1)).toContain("answer now");
    expect(answer.kind).toBe("answered");
  });

  it("turns away more calls in one turn than the budget allows", async () => {
    const call = { name: "table", input: { name: "orders" } };
    await ask({ budget: { ...questionBudget, callsPerTurn: 2 } }, looking(call, call, call), answering("Yes."));
    expect(results(1).match(/Too many calls/g)).toHaveLength(1);
  });

  it("tells how far it is", async () => {
    const told: (readonly [number, number | null])[] = [];
    const report: QuestionOptions["report"] = ({ done, total }) => void told.push([done, total]);
    await ask({ report }, looking({ name: "findings", input: {} }), answering("Yes."));
    expect(told).toEqual([
      [0, 12],
      [1, 12],
    ]);
  });

  it.each<[string, Scripted]>([
    ["rests on no line", answering("It is slow.", [])],
    ["rests on lines that are nowhere", answering("It is slow.", [{ path: "lib/shop/orders.ex", line: 1, quote: "sleep(forever)" }])],
    ["holds no sentence that stands", answering("It takes 2.3 seconds.")],
    ["is not in the schema", { text: "It is slow." }],
    ["is refused", { text: "", stopReason: "refusal" }],
    ["is cut off", { text: "{", stopReason: "max_tokens" }],
  ])("shows no answer that %s, and says so", async (_name, scripted) => {
    const answer = await ask({}, scripted);
    expect(answer).toMatchObject({ kind: "unanswered", usage: { calls: 1 } });
  });
});
