import { join } from "node:path";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { sectionNames } from "../../src/model/intervention.js";
import { ordersWithDroppedResult } from "../support/analysis.js";
import { createFolder, createRepository, type TestRepository } from "../support/repository.js";
import { runGuard } from "../support/run-guard.js";

vi.setConfig({ testTimeout: 60_000 }); // whole programs are run

const Section = z.enum(sectionNames);

/** The contract of `guard review --format json`, to the letter; more may stand beside it. */
const InterventionContract = z.object({
  schema: z.literal(1),
  mode: z.enum(["claude", "offline"]),
  sources: z.array(z.object({ path: z.string() })),
  problems: z.array(
    z.object({
      id: z.string(),
      finding: z.string().nullable(),
      title: z.string(),
      place: z.object({ path: z.string(), line: z.number().int(), endLine: z.number().int(), quote: z.string() }),
      consequence: z.string(),
      fix: z.string(),
      severity: z.enum(["critical", "high", "medium", "low"]),
      origin: z.enum(["detector", "claude", "both"]),
    }),
  ),
  sections: z.partialRecord(Section, z.string()),
  omitted: z.array(z.object({ section: Section, reason: z.string() })),
  patches: z.array(z.object({ path: z.string(), diff: z.string(), proof: z.record(z.string(), z.unknown()) })),
  figures: z.array(z.object({ text: z.string(), value: z.number(), unit: z.string(), derivation: z.string() })),
  dropped: z.array(z.object({ claim: z.string(), reason: z.string() })),
  decisions: z.array(z.unknown()),
  question: z.string(),
  cost: z.object({}),
});

const orders = "lib/shop/orders.ex";
let shop: TestRepository;
beforeAll(async () => {
  shop = await createRepository({ files: { [orders]: ordersWithDroppedResult } });
});

function review(...words: string[]) {
  return runGuard(["review", orders, "--repo", shop.path, ...words]);
}

describe("guard review --offline", () => {
  test("prints the contract's object alone; every section is said or left out by name", async () => {
    const { code, output, errors } = await review("--offline", "--format", "json");
    const intervention = InterventionContract.parse(JSON.parse(output));
    expect({ code, errors }).toEqual({ code: 0, errors: "" });
    expect(intervention).toMatchObject({ mode: "offline", problems: [{ id: "1", place: { path: orders, line: 6 } }] });
    const named = [...Object.keys(intervention.sections), ...intervention.omitted.map(({ section }) => section)];
    expect(named.toSorted()).toEqual([...sectionNames].toSorted());
  });

  test("as Markdown gives verdict, place, quoted code, cost, fix and the question", async () => {
    const { output } = await review("--offline", "--format", "markdown");
    expect(output).toMatch(/^# .+\n/);
    expect(output).toMatch(/`lib\/shop\/orders\.ex:6`, \*\*medium\*\*\n\n```elixir\n {4}Repo\.update\(/);
    expect(output).toMatch(/\*\*Costs:\*\* .+/);
    expect(output).toMatch(/\*\*Fix:\*\* .+/);
    expect(output).toMatch(/## How to go on/);
  });

  test("of lines, a function or a module tells what concerns them", async () => {
    const problemsOf = async (reference: string) => {
      const { output } = await runGuard(["review", reference, "--repo", shop.path, "--offline", "--format", "json"]);
      return InterventionContract.parse(JSON.parse(output)).problems.length;
    };
    expect(await problemsOf(`${orders}:5-8`)).toBe(1);
    expect(await problemsOf(`${orders}:1-3`)).toBe(0);
    expect(await problemsOf("Shop.Orders.pay/2")).toBe(1);
  });
});

test("--dump-request prints the exact request, the same each time, without key or network", async () => {
  const [first, second] = [await review("--dump-request"), await review("--dump-request")];
  const request = z
    .object({ model: z.string(), max_tokens: z.number(), system: z.array(z.unknown()), messages: z.array(z.unknown()) })
    .parse(JSON.parse(first.output));
  expect(JSON.stringify(request.messages)).toContain("Order.paid_changeset(order)");
  expect(second.output).toBe(first.output);
});

describe("an answer from a file", () => {
  const sections = { performance: "", security: "", documentation: "", monitoring: "", deployment: "", rollback: "" };
  const problem = {
    ...{ title: "The update may fail unnoticed", path: orders, line: 6, end_line: 6, severity: "high", confidence: "certain" },
    ...{ consequence: "The receipt is returned although nothing was saved.", fix: "Match the result of the update." },
    ...{ finding_ids: [], evidence: [], replacement: "" },
  };

  test("is checked like any other: what it quotes from nowhere is dropped, the rest stands", async () => {
    const answer = {
      summary: "",
      sections,
      problems: [
        { ...problem, quote: "Repo.update(Order.paid_changeset(order))" },
        { ...problem, title: "Tokens are logged", quote: "Logger.info(token)" },
      ],
    };
    const file = join(createFolder({ "answer.json": JSON.stringify(answer) }), "answer.json");
    const { code, output } = await review("--model-answer", file, "--format", "json");
    const intervention = InterventionContract.parse(JSON.parse(output));
    expect(code).toBe(0);
    expect(intervention.mode).toBe("claude");
    expect(intervention.dropped.map(({ claim }) => claim)).toContain("Tokens are logged");
    expect(intervention.problems.map(({ title }) => title)).not.toContain("Tokens are logged");
    expect(intervention.problems.some(({ origin }) => origin !== "detector")).toBe(true);
  });
});

test("without a key Guard answers from its detectors and says so in one line", async () => {
  const { code, output } = await review("--format", "markdown");
  expect(code).toBe(0);
  expect(output).toMatch(/^> ANTHROPIC_API_KEY is not set/m);
});
