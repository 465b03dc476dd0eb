import type { ModuleFacts } from "../../model/facts.js";
import type { Span } from "../../model/span.js";
import type { SyntaxNode } from "../../model/syntax.js";
import { childIn, spanOf } from "../nodes.js";
import { bringIntoScope, moduleNamed } from "./aliases.js";
import { partsOf } from "./call-parts.js";
import type { CallParts } from "./forms.js";
import { readModuleBody } from "./module-body.js";
import type { ModuleDraft } from "./module-draft.js";
import type { Reader } from "./reader.js";
import { textOf } from "./reader.js";

const kinds: ReadonlyMap<string, ModuleFacts["kind"]> = new Map([
  ["defmodule", "module"],
  ["defprotocol", "protocol"],
  ["defimpl", "implementation"],
]);

export function definesModule(name: string): boolean {
  return kinds.has(name);
}

/** Reads a `defmodule`, `defprotocol` or `defimpl` into `reader.modules` and brings its short name into the enclosing scope. */
export function readModule(reader: Reader, node: SyntaxNode): void {
  const definer = childIn(node, "target");
  const kind = definer === null ? undefined : kinds.get(textOf(reader, definer));
  const parts = partsOf(reader, node);
  const [named] = parts.positional;
  if (kind === undefined || named === undefined) return;
  const name = kind === "implementation" ? implementationName(reader, named, parts) : moduleName(reader, named);
  const statements = parts.sections.flatMap((section) => section.nodes);
  readModuleNamed(reader, { name, kind, nameSpan: spanOf(named), span: spanOf(node) }, statements);
  if (kind !== "implementation" && named.type === "alias") shorten(reader, textOf(reader, named));
}

/** Reads statements as the body of a module whose heading is already known. */
export function readModuleNamed(
  reader: Reader,
  heading: { readonly name: string; readonly kind: ModuleFacts["kind"]; readonly nameSpan: Span; readonly span: Span },
  statements: readonly SyntaxNode[],
): void {
  const draft: ModuleDraft = {
    ...heading,
    documented: false,
    uses: [],
    imports: [],
    aliases: [],
    behaviours: [],
    attributes: [],
    functions: [],
    body: [],
    expressions: [],
    conditions: [],
  };
  reader.modules.push(draft);
  const { module, aliases } = reader;
  reader.module = draft.name;
  readModuleBody(reader, draft, statements);
  reader.module = module;
  reader.aliases = aliases;
}

/** The full name of `defmodule NAME`: nested in the enclosing module unless written from the root. */
export function moduleName(reader: Reader, node: SyntaxNode): string {
  const writtenName = textOf(reader, node);
  if (node.type !== "alias") return moduleNamed(reader, node) ?? writtenName;
  if (writtenName.startsWith("Elixir.")) return writtenName.slice("Elixir.".length);
  return reader.module === null ? writtenName : `${reader.module}.${writtenName}`;
}

// `for:` may list several types; the first gives the name.
function implementationName(reader: Reader, protocol: SyntaxNode, parts: CallParts): string {
  const name = moduleNamed(reader, protocol) ?? textOf(reader, protocol);
  for (const pair of parts.options) {
    const key = childIn(pair, "key");
    const value = childIn(pair, "value");
    if (key === null || value === null || !textOf(reader, key).startsWith("for:")) continue;
    const type = value.type === "list" ? value.children.find((child) => child.named) : value;
    return `${name}.${type === undefined ? textOf(reader, value) : (moduleNamed(reader, type) ?? textOf(reader, type))}`;
  }
  return reader.module === null ? name : `${name}.${reader.module}`;
}

// Inside `A`, `defmodule B.C` lets `B` stand for `A.B` from here on.
function shorten(reader: Reader, writtenName: string): void {
  const [short] = writtenName.split(".");
  if (reader.module === null || short === undefined || short === "Elixir") return;
  bringIntoScope(reader, [{ short, name: `${reader.module}.${short}` }]);
}
