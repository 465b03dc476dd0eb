import { describe, expect, it } from "vitest";
import { defineRule, type Rule } from "../../src/rules/define.js";
import { runRules } from "../../src/rules/run.js";
import { collect } from "../../src/model/walk.js";
import { projectFrom } from "../support/project.js";

/** Finds every call of `trouble`. */
const trouble = defineRule<{ argument: string }>({
  id: "trouble",
  title: "Trouble",
  trigger: "advice",
  area: "errors",
  severity: "low",
  cwe: [],
  silencedBy: { credo: ["Credo.Check.Warning.Trouble"], sobelow: ["SQL.Query"] },
  match: (facts) =>
    facts.modules.flatMap((module) =>
      module.functions.flatMap((entry) =>
        entry.clauses.flatMap((clause) =>
          collect(clause.body ?? { kind: "block", expressions: [], span: clause.span }, "call").flatMap((call) =>
            call.function === "trouble"
              ? [{ span: call.segment, slots: { argument: "x" }, confidence: "certain" as const, evidence: [] }]
              : [],
          ),
        ),
      ),
    ),
  what: ({ argument }) => `Trouble with ${argument}.`,
  why: () => "It costs.",
  instead: () => "Stop.",
  notWhen: ["Never."],
  examples: [],
});

function run(source: string, rules: readonly Rule[] = [trouble]) {
  const path = "lib/shop.ex";
  return runRules(projectFrom({ [path]: source }), () => source, { rules });
}

function inModule(body: string): string {
  return `defmodule Shop do\n${body}\nend\n`;
}

describe("running rules", () => {
  it("gives place, text and enclosing definition of a finding", () => {
    const [finding] = run(inModule("  def buy(cart), do: trouble(cart)")).findings;
    expect(finding).toMatchObject({ text: "trouble(cart)", enclosing: "Shop.buy/1", place: { path: "lib/shop.ex", line: 2, column: 22 } });
  });

  it("keeps the fingerprint when lines move and formatting changes", () => {
    const before = run(inModule("  def buy(cart), do: trouble(cart, 1)")).findings[0];
    const after = run(inModule("  # a comment\n\n  def buy(cart) do\n    trouble(\n      cart,\n      1\n    )\n  end")).findings[0];
    expect(after?.place.line).not.toBe(before?.place.line);
    expect(after?.fingerprint).toBe(before?.fingerprint);
  });

  it("puts what is urgent first, in each severity security before the rest and what is only possible last", () => {
    const like = (id: string, change: Partial<Rule>, confidence: "certain" | "possible" = "certain"): Rule => ({
      ...trouble,
      ...change,
      id,
      match: (facts, project) => trouble.match(facts, project).map((match) => ({ ...match, confidence })),
    });
    const rules = [
      like("a-doubt", { severity: "high", area: "security" }, "possible"),
      like("b-slow", { severity: "high" }),
      like("c-small", { area: "security" }),
      like("d-open", { severity: "high", area: "security" }),
    ];
    const { findings } = run(inModule("  def buy(cart), do: trouble(cart)"), rules);
    expect(findings.map(({ rule }) => rule)).toEqual(["d-open", "b-slow", "a-doubt", "c-small"]);
  });

  it("tells equal findings of one function apart by their order", () => {
    const { findings } = run(inModule("  def buy(cart) do\n    trouble(cart)\n    trouble(cart)\n  end"));
    expect(new Set(findings.map((finding) => finding.fingerprint)).size).toBe(2);
  });

  it("gives the same fingerprint to code under another function's name never", () => {
    const { findings } = run(inModule("  def buy(cart), do: trouble(cart)\n  def sell(cart), do: trouble(cart)"));
    expect(findings[0]?.fingerprint).not.toBe(findings[1]?.fingerprint);
  });

  it("looks only at the files it is asked about", () => {
    const files = { "lib/one.ex": inModule("  def buy, do: trouble()"), "lib/two.ex": "defmodule Two do\n  def buy, do: trouble()\nend\n" };
    const project = projectFrom(files);
    const { findings } = runRules(project, (path) => files[path as keyof typeof files], { rules: [trouble], paths: ["lib/two.ex"] });
    expect(findings.map((finding) => finding.place.path)).toEqual(["lib/two.ex"]);
  });
});

describe("ignore comments", () => {
  it.each([
    [
      "Guard's own, on the line above",
      "  def buy(cart) do\n    # guard:ignore trouble we accept it\n    trouble(cart)\n  end",
      "we accept it",
    ],
    [
      "Guard's own, at the end of the line",
      "  def buy(cart) do\n    trouble(cart) # guard:ignore trouble we accept it\n  end",
      "we accept it",
    ],
    ["Guard's own, without a reason", "  def buy(cart) do\n    # guard:ignore trouble\n    trouble(cart)\n  end", ""],
    [
      "Guard's own, above another comment",
      "  def buy(cart) do\n    # guard:ignore trouble old\n    # more words\n    trouble(cart)\n  end",
      "old",
    ],
    [
      "Guard's own, inside a template",
      '  def render(assigns) do\n    ~H"""\n    <%!-- guard:ignore trouble shown once --%>\n    <p>{trouble(@cart)}</p>\n    """\n  end',
      "shown once",
    ],
    [
      "Credo's for the next line",
      "  def buy(cart) do\n    # credo:disable-for-next-line Credo.Check.Warning.Trouble\n    trouble(cart)\n  end",
      "",
    ],
    ["Credo's for the whole file", "  # credo:disable-for-this-file\n  def buy(cart), do: trouble(cart)", ""],
    ["Sobelow's for the function below", '  # sobelow_skip ["SQL.Query"]\n  def buy(cart) do\n    cart\n    |> trouble()\n  end', ""],
  ])("%s", (_, body, reason) => {
    const { findings, ignored } = run(inModule(body));
    expect(findings).toEqual([]);
    expect(ignored.map((entry) => entry.reason)).toEqual([reason]);
    expect(ignored[0]?.finding.message).toBe("Trouble with x.");
  });

  it.each([
    ["for another rule", "  def buy(cart) do\n    # guard:ignore mischief we accept it\n    trouble(cart)\n  end"],
    ["two lines above", "  def buy(cart) do\n    # guard:ignore trouble we accept it\n    cart\n    trouble(cart)\n  end"],
    ["inside a string", '  def buy(cart) do\n    text = "# guard:ignore trouble no"; trouble(text)\n    cart\n  end'],
    ["of Sobelow about another check", '  # sobelow_skip ["XSS.Raw"]\n  def buy(cart), do: trouble(cart)'],
  ])("silence nothing %s", (_, body) => {
    expect(run(inModule(body)).findings).toHaveLength(1);
  });
});
