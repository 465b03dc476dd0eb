import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** A vendored grammar's path, found by walking up from this module: it stays in src/ when the program runs from dist/. */
export function grammarFile(from: string = import.meta.url, grammar = "elixir"): string {
  const vendored = join("src", "shell", "grammars", `tree-sitter-${grammar}.wasm`);
  let folder = dirname(fileURLToPath(from));
  while (!existsSync(join(folder, vendored))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`${vendored} is missing from the installation; install Guard again.`);
    folder = parent;
  }
  return join(folder, vendored);
}
