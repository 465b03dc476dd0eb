import type { ParseSource } from "../../model/ports.js";
import type { Cursor } from "./cursor.js";
import { convertTree } from "./convert.js";
import { createNameTable } from "./cursor.js";

interface NativeParser {
  setLanguage(language: unknown): void;
  parse(
    text: string,
    oldTree: undefined,
    options: { bufferSize: number },
  ): { readonly rootNode: { readonly hasError: boolean }; walk(): Cursor };
}

/** The compiled engine, or null where it was not installed or does not load (arm64 Linux, Alpine). */
export async function createNativeParser(): Promise<ParseSource | null> {
  try {
    const engine = (await import("tree-sitter")) as unknown as { default: new () => NativeParser };
    const grammar = (await import("tree-sitter-elixir")) as unknown as { default: unknown };
    const parser = new engine.default();
    parser.setLanguage(grammar.default);
    const names = createNameTable();
    // Without a buffer size of its own, 0.21 refuses texts of 32,768 units and more.
    return (_language, text) => {
      const tree = parser.parse(text, undefined, { bufferSize: text.length + 1 });
      return convertTree(tree.walk(), names, tree.rootNode.hasError);
    };
  } catch {
    return null;
  }
}
