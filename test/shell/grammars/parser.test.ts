import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { SyntaxNode } from "../../../src/model/syntax.js";
import { createParser } from "../../../src/shell/grammars/parser.js";
import { grammarFile } from "../../../src/shell/grammars/grammar-file.js";
import { createNativeParser } from "../../../src/shell/grammars/native.js";

const wasm = await createParser({ engine: "wasm" });
const native = await createNativeParser();
const fixtures = readdirSync("test/fixtures", { recursive: true, encoding: "utf8" })
  .filter((path) => /\.exs?$/.test(path))
  .map((path) => join("test/fixtures", path));

const awkward = [
  "",
  "defmodule A do\n",
  "x = [1, 2",
  "~S(\\\\)",
  'def f, do: "é😀" <> "\ufeff"',
  "a not  in b",
  `x = "${"a".repeat(40_000)}"`,
  "fn x -> end end",
];

function countOf(root: SyntaxNode): number {
  let count = 0;
  const pending = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    count += 1;
    for (const child of node.children) pending.push(child);
  }
  return count;
}

describe("the parser", () => {
  it.runIf(native !== null).each([...fixtures.map((path) => readFileSync(path, "utf8")), ...awkward])(
    "gives the same tree on both engines (%#)",
    (text) => {
      expect(native?.("elixir", text)).toEqual(wasm("elixir", text));
    },
  );

  it("says which nodes are damaged", () => {
    const damaged = (node: SyntaxNode): boolean => node.damaged || node.children.some(damaged);
    expect(damaged(wasm("elixir", "x = (1"))).toBe(true);
    expect(damaged(wasm("elixir", "x = (1)"))).toBe(false);
  });

  it("gives tokens the span of their text", () => {
    const text = "a not   in b and c |> d.(1) ++ ~w(x)";
    const tokens: string[] = [];
    const visit = (node: SyntaxNode): void => {
      if (!node.named) tokens.push(`${node.type}=${text.slice(node.start, node.end)}`);
      node.children.forEach(visit);
    };
    visit(wasm("elixir", text));
    expect(tokens).toEqual(expect.arrayContaining(["not in=not   in", "and=and", "|>=|>", "++=++"]));
  });

  it("copies a tree 50,000 levels deep", () => {
    expect(countOf(wasm("elixir", "[".repeat(50_000) + "]".repeat(50_000)))).toBeGreaterThanOrEqual(50_000);
  });

  it("refuses a language it has no grammar for", () => {
    expect(() => wasm("heex", "<p>")).toThrow("no grammar for heex");
  });

  it("finds its grammar from the source and from a bundle alike", () => {
    const bundle = new URL("../../../dist/cli.js", import.meta.url).href;
    expect(grammarFile(bundle)).toBe(grammarFile());
    expect(existsSync(grammarFile())).toBe(true);
  });

  const packaged = "node_modules/tree-sitter-elixir/tree-sitter-elixir.wasm";
  it.runIf(existsSync(packaged))("carries the same grammar as the package it came from", () => {
    const hash = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");
    expect(hash(grammarFile())).toBe(hash(packaged));
  });
});
