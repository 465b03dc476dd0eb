import type { Language } from "../model/facts.js";

const byExtension: ReadonlyMap<string, Language> = new Map([
  [".ex", "elixir"],
  [".exs", "elixir"],
  [".heex", "heex"],
  [".eex", "eex"],
  [".leex", "eex"],
  [".py", "python"],
  [".js", "javascript"],
  [".mjs", "javascript"],
  [".cjs", "javascript"],
  [".ts", "typescript"],
  [".mts", "typescript"],
  [".cts", "typescript"],
]);

/** The language a path's extension names, or null when Guard reads no such files. `mix.lock` is an Elixir map. */
export function languageOf(path: string): Language | null {
  if (/(^|\/)mix\.lock$/.test(path)) return "elixir";
  const dot = path.lastIndexOf(".");
  return dot === -1 ? null : (byExtension.get(path.slice(dot)) ?? null);
}
