import type { ParseSource } from "../../model/ports.js";
import { createNativeParser } from "./native.js";
import { createOtherParser } from "./other-languages.js";
import { createWasmParser } from "./wasm.js";

/**
 * A parser for Elixir source: native where it loads, WebAssembly elsewhere, with equal trees. `engine` insists on one;
 * rejects when that one cannot be loaded. Other languages have WebAssembly alone, once `load` was asked for them.
 * The parser is held for the process's life and must stay on one thread.
 */
export async function createParser(options: { readonly engine?: "native" | "wasm" } = {}): Promise<ParseSource> {
  const native = options.engine === "wasm" ? null : await createNativeParser();
  if (native === null && options.engine === "native") {
    throw new Error("The native tree-sitter engine does not load here; leave out `engine` to use the WebAssembly one.");
  }
  const parse = native ?? (await createWasmParser());
  const other = createOtherParser();
  return Object.assign<ParseSource, Pick<ParseSource, "load">>(
    (language, text) => (language === "elixir" ? parse(language, text) : other.parse(language, text)),
    { load: other.load },
  );
}
