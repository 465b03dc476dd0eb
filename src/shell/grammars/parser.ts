import type { ParseSource } from "../../model/ports.js";
import { createNativeParser } from "./native.js";
import { createWasmParser } from "./wasm.js";

/**
 * A parser for Elixir source: native where it loads, WebAssembly elsewhere, with equal trees. `engine` insists on one;
 * rejects when that one cannot be loaded. The parser is held for the process's life and must stay on one thread.
 */
export async function createParser(options: { readonly engine?: "native" | "wasm" } = {}): Promise<ParseSource> {
  const native = options.engine === "wasm" ? null : await createNativeParser();
  if (native === null && options.engine === "native") {
    throw new Error("The native tree-sitter engine does not load here; leave out `engine` to use the WebAssembly one.");
  }
  const parse = native ?? (await createWasmParser());
  return (language, text) => {
    if (language !== "elixir") throw new Error(`There is no grammar for ${language}: templates are read by code/template.`);
    return parse(language, text);
  };
}
