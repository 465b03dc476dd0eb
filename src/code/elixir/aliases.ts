import type { SyntaxNode } from "../../model/syntax.js";
import { childIn, childOfType, namedChildren } from "../nodes.js";
import type { Reader } from "./reader.js";
import { textOf } from "./reader.js";

export interface Alias {
  readonly short: string;
  readonly name: string;
}

/** The full name of a module as written, by the aliases in scope. */
export function resolveModule(reader: Reader, written: string): string {
  if (written.startsWith("Elixir.")) return written.slice("Elixir.".length);
  const dot = written.indexOf(".");
  const head = dot === -1 ? written : written.slice(0, dot);
  const target = reader.aliases.get(head);
  if (target === undefined) return written;
  return dot === -1 ? target : target + written.slice(dot);
}

/** The module a node names (`Repo`, `:ets`, `__MODULE__`, `__MODULE__.Query`), or null when it is a value of another kind. */
export function moduleNamed(reader: Reader, node: SyntaxNode): string | null {
  switch (node.type) {
    case "alias":
      return resolveModule(reader, textOf(reader, node));
    case "atom":
      return textOf(reader, node);
    case "identifier":
      return textOf(reader, node) === "__MODULE__" ? ((reader.quoted ? null : reader.module) ?? "__MODULE__") : null;
    case "dot":
      return dottedName(reader, node);
    default:
      return null;
  }
}

// `__MODULE__.A.B`, which the grammar nests to the left.
function dottedName(reader: Reader, node: SyntaxNode): string | null {
  let name = "";
  let base: SyntaxNode | null = node;
  while (base?.type === "dot") {
    const right = childIn(base, "right");
    if (right?.type !== "alias") return null;
    name = `.${textOf(reader, right)}${name}`;
    base = childIn(base, "left");
  }
  const first = base === null ? null : moduleNamed(reader, base);
  return first === null ? null : first + name;
}

/** The modules an `alias`, `import`, `require` or `use` names: several for `alias A.{B, C}`. */
export function modulesNamed(reader: Reader, node: SyntaxNode): { readonly name: string; readonly node: SyntaxNode }[] {
  const several = node.type === "dot" ? childIn(node, "right") : null;
  if (several?.type !== "tuple") {
    const name = moduleNamed(reader, node);
    return name === null ? [] : [{ name, node }];
  }
  const left = childIn(node, "left");
  const base = left === null ? null : moduleNamed(reader, left);
  if (base === null) return [];
  return namedChildren(several)
    .filter((child) => child.type === "alias")
    .map((child) => ({ name: `${base}.${textOf(reader, child)}`, node: child }));
}

/** What an `alias` (or `require … as:`) with these arguments brings into scope. */
export function aliasesOf(reader: Reader, parameters: readonly SyntaxNode[], needsAs: boolean): Alias[] {
  const [first] = parameters;
  if (first === undefined) return [];
  const renamed = renamedTo(reader, parameters.at(-1));
  if (renamed === null && needsAs) return [];
  return modulesNamed(reader, first).map(({ name }) => ({ short: renamed ?? lastSegment(name), name }));
}

/** Adds aliases to the scope being read. */
export function bringIntoScope(reader: Reader, aliases: readonly Alias[]): void {
  if (aliases.length === 0) return;
  const extended = new Map(reader.aliases);
  for (const { short, name } of aliases) extended.set(short, name);
  reader.aliases = extended;
}

function renamedTo(reader: Reader, options: SyntaxNode | undefined): string | null {
  if (options?.type !== "keywords") return null;
  for (const pair of namedChildren(options)) {
    const [key, value] = namedChildren(pair);
    if (key !== undefined && value?.type === "alias" && textOf(reader, key).startsWith("as:")) return textOf(reader, value);
  }
  return null;
}

function lastSegment(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1);
}

/** The written arguments of a call, trailing pairs included. */
export function givenTo(call: SyntaxNode): SyntaxNode[] {
  const given = childOfType(call, "arguments");
  return given === null ? [] : namedChildren(given);
}
