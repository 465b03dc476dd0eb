import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Language } from "../../../src/model/facts.js";
import type { SyntaxNode } from "../../../src/model/syntax.js";
import { grammarFile } from "../../../src/shell/grammars/grammar-file.js";
import { createParser } from "../../../src/shell/grammars/parser.js";

const languages: readonly Language[] = ["python", "javascript", "typescript"];

function typesIn(root: SyntaxNode): string[] {
  return [root.type, ...root.children.flatMap(typesIn)];
}

describe("grammars beside Elixir's", () => {
  it.each([
    ["python", "16108b50df4ee9a30168794252ab55e7c93bfc5765d7fa0aa3e335752c515f47"],
    ["javascript", "5fb488d0cabb4775a594bab85682de5ad6ce83c0d6ac997a9f82dd084d571240"],
    ["typescript", "778025db5a8be0e70f8ccc3671e486dfeddd048c25d9e8a70c26de2e1bf6f97d"],
  ])("%s is the build its package published", (language, hash) => {
    const bytes = readFileSync(grammarFile(undefined, language));
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(hash);
  });

  it("are read when they are asked for, and say so when they were not", async () => {
    const parse = await createParser();
    expect(() => parse("python", "x = 1")).toThrow("There is no grammar for python here: load it first");
    await parse.load?.(languages);
    expect(typesIn(parse("python", "for x in xs:\n    print(x)\n"))).toContain("for_statement");
    expect(typesIn(parse("javascript", "for (const x of xs) await f(x);"))).toContain("await_expression");
    expect(typesIn(parse("typescript", "const x: number = 1;"))).toContain("type_annotation");
  });

  it("count offsets in UTF-16 units", async () => {
    const parse = await createParser();
    await parse.load?.(languages);
    const text = 'x = "é😀"; name = 1';
    const names: string[] = [];
    const visit = (node: SyntaxNode): void => {
      if (node.type === "identifier") names.push(text.slice(node.start, node.end));
      node.children.forEach(visit);
    };
    visit(parse("python", text));
    expect(names).toEqual(["x", "name"]);
  });

  it("say which nodes are damaged", async () => {
    const parse = await createParser();
    await parse.load?.(languages);
    const damaged = (node: SyntaxNode): boolean => node.damaged || node.children.some(damaged);
    for (const language of languages) {
      expect(damaged(parse(language, "x = (1")), language).toBe(true);
      expect(damaged(parse(language, "x = (1)")), language).toBe(false);
    }
  });
});
