import { readFile } from "node:fs/promises";
import { Language, Parser } from "web-tree-sitter";
import type { ParseSource } from "../../model/ports.js";
import { convertTree } from "./convert.js";
import { createNameTable } from "./cursor.js";
import { grammarFile } from "./grammar-file.js";

/** The WebAssembly engine with the vendored grammar: no native code, a third slower. */
export async function createWasmParser(): Promise<ParseSource> {
  await Parser.init();
  const parser = new Parser();
  parser.setLanguage(await Language.load(await readFile(grammarFile())));
  const names = createNameTable();
  return (_language, text) => {
    const tree = parser.parse(text);
    if (tree === null) throw new Error("web-tree-sitter gave no tree although no time limit was set.");
    const cursor = tree.walk();
    try {
      return convertTree(cursor, names, tree.rootNode.hasError);
    } finally {
      cursor.delete();
      tree.delete();
    }
  };
}
