import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Language, Parser as WebAssemblyParser, type Node } from "web-tree-sitter";
import type { SyntaxNode } from "../../../src/model/syntax.js";
import { createParser } from "../../../src/shell/grammars/parser.js";
import { grammarFile } from "../../../src/shell/grammars/grammar-file.js";
import { shapeOf } from "../../../src/shell/grammars/grammar-shape.js";
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

const loose = [
  "case x do\n  1 ->\n\n    2\n\n  # nothing\n  _ ->\n    3\nend",
  "try do\n  1\nrescue\n\n  _ in [A] -> 2\ncatch\n  :exit, _ -> 3\nelse\n  _ -> 4\nafter\n  5\n\nend",
  '["a b":  1, c: 2, "d":\n3]',
  "fn -> 1 end.() |> A.{B, C}.d[:e] &&& &(&1 + 1)",
  "x =\n  # why\n  1\n  # how\n  |> f()",
  '~w(a b)a <> ~H"<p>" <> \'c#{d}\' <> :"e f"\n\n',
  "a; b\n(c; d)\nfoo(-> ; (x, y) when x -> z)",
];

const grammar = await WebAssemblyParser.init().then(() => Language.load(readFileSync(grammarFile())));

/** The tree in the slow and plain way: every question is asked of every node. */
function asked(node: Node, field: string | null, clean: boolean): SyntaxNode {
  const { leaf, fields } = shapeOf(node.type, node.isNamed);
  const children = leaf
    ? []
    : node.children.flatMap((child, index) => {
        if (clean && fields === null && shapeOf(child.type, child.isNamed).punctuation) return [];
        return [asked(child, fields === null ? null : node.fieldNameForChild(index), clean)];
      });
  const span = { start: node.startIndex, end: node.endIndex };
  return { type: node.type, named: node.isNamed, field, ...span, damaged: node.type === "ERROR" || node.isMissing, children };
}

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

  it.each([...fixtures.map((path) => readFileSync(path, "utf8")), ...awkward, ...loose])(
    "concludes what it would be told if it asked (%#)",
    (text) => {
      const parser = new WebAssemblyParser();
      const root = parser.setLanguage(grammar).parse(text)?.rootNode;
      expect(wasm("elixir", text)).toEqual(root === undefined ? null : asked(root, null, !root.hasError));
      parser.delete();
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
