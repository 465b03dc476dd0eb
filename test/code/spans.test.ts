import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { childrenOf, walk } from "../../src/model/walk.js";
import type { Expression } from "../../src/model/expression.js";
import { languageOf } from "../../src/code/extract.js";
import { factsOf, rootsOf } from "./support.js";

const sources = ["test/fixtures", "src/workspace/sample"].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((path) => join(folder, path))
    .filter((path) => /^(elixir|heex|eex)$/.test(languageOf(path) ?? "")),
);

function everyExpression(path: string): { readonly text: string; readonly expressions: Expression[] } {
  const text = readFileSync(path, "utf8");
  const expressions: Expression[] = [];
  for (const root of rootsOf(factsOf(text, path))) walk(root, (expression) => void expressions.push(expression));
  return { text, expressions };
}

/** The first way in which an expression's span and its written form disagree. */
function disagreement(text: string, expression: Expression): string | null {
  const written = text.slice(expression.span.start, expression.span.end);
  switch (expression.kind) {
    case "variable":
      // `@user` in a template reads `assigns`; `&1` stands as the lambda's parameter at its first use.
      return written.includes(expression.name) || written === "@" || written === "&" ? null : written;
    case "attribute":
      return written === `@${expression.name}` ? null : written;
    case "module":
      return /^[\w.]+$|^:/.test(written) ? null : written;
    case "call": {
      const name = text.slice(expression.nameSpan.start, expression.nameSpan.end);
      return name.replaceAll(/["\s]/g, "").endsWith(expression.function) ? null : `${expression.function}: ${name}`;
    }
    case "access":
      return expression.field === null || written.endsWith(expression.field) ? null : written;
    case "keyword":
      return (
        expression.entries.find(({ key, keySpan }) => key !== "..." && !text.slice(keySpan.start, keySpan.end).includes(key))?.key ?? null
      );
    case "branch":
      return /^(if|unless|case|cond|with|receive|try|do|:if)$/.test(text.slice(expression.nameSpan.start, expression.nameSpan.end))
        ? null
        : written;
    case "loop":
      return /^:?for$/.test(text.slice(expression.nameSpan.start, expression.nameSpan.end)) ? null : written;
    case "list":
      return written.startsWith("[") && written.endsWith("]") ? null : written;
    case "map":
      return written.startsWith("%") ? null : written;
    default:
      return null;
  }
}

describe("spans", () => {
  it("has files to look at", () => {
    expect(sources.length).toBeGreaterThan(2);
  });

  it.each(sources)("agree with what is written in %s", (path) => {
    const { text, expressions } = everyExpression(path);
    expect(expressions.map((expression) => disagreement(text, expression)).filter((found) => found !== null)).toEqual([]);
  });

  it.each(sources)("hold their children's in %s", (path) => {
    const { text, expressions } = everyExpression(path);
    const outside = expressions.flatMap((parent) =>
      childrenOf(parent).filter(({ span }) => span.start < parent.span.start || span.end > parent.span.end || span.end < span.start),
    );
    expect(outside.map(({ span }) => text.slice(span.start, span.end))).toEqual([]);
  });

  it("separate what is piped in from the call it is piped to", () => {
    const { expressions } = everyExpression("test/fixtures/code/constructs.ex");
    const piped = expressions.filter((expression) => expression.kind === "call" && expression.piped);
    expect(piped.length).toBeGreaterThan(3);
    for (const call of piped) {
      if (call.kind !== "call") continue;
      expect(call.arguments[0]?.span.end).toBeLessThanOrEqual(call.segment.start);
      expect(call.segment.end).toBe(call.span.end);
    }
  });
});
