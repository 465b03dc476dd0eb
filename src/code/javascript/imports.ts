import type { SyntaxNode } from "../../model/syntax.js";
import { textOf, type ScriptReader } from "../common/reader.js";
import { childIn, childOfType, namedChildren } from "../nodes.js";

const extension = /\.(?:[cm]?[jt]s)$/;

/** `src/orders/index.ts` → `src.orders`: a file is known by its path, a folder's index by the folder's. */
export function javascriptModule(path: string): string {
  const name = path.replace(extension, "").replace(/(^|\/)index$/, "");
  return name === "" ? "index" : name.replaceAll("/", ".");
}

/** The module a specifier in a file names: a file of the project for a relative path (and for `@/…`, `~/…`), else the package as written. */
export function importedModule(path: string, specifier: string): string {
  if (/^[@~]\//.test(specifier)) return javascriptModule(specifier.slice(2));
  if (!specifier.startsWith(".")) return specifier;
  const segments = path.split("/").slice(0, -1);
  for (const segment of specifier.split("/")) {
    if (segment === "..") segments.pop();
    else if (segment !== "." && segment !== "") segments.push(segment);
  }
  return javascriptModule(segments.join("/"));
}

/** The text of a plain string node. */
export function stringIn(reader: ScriptReader, node: SyntaxNode | null): string | null {
  return node?.type === "string" ? reader.text.slice(node.start + 1, Math.max(node.start + 1, node.end - 1)) : null;
}

/** Brings the names of an `import` into scope, and among what the file may pass on. */
export function declareImport(reader: ScriptReader, statement: SyntaxNode): void {
  const specifier = stringIn(reader, childIn(statement, "source"));
  const clause = childOfType(statement, "import_clause");
  if (specifier === null || clause === null) return;
  const module = importedModule(reader.path, specifier);
  // A package's default export is the package; a file of the project says itself what its default is.
  const whole = specifier === module ? module : `${module}.default`;
  for (const part of namedChildren(clause)) {
    if (part.type === "identifier") bind(reader, textOf(reader, part), whole);
    if (part.type === "namespace_import") for (const name of namedChildren(part)) bind(reader, textOf(reader, name), module);
    if (part.type === "named_imports") {
      for (const { name, alias } of specifiersOf(reader, part)) bind(reader, alias, name === "default" ? whole : `${module}.${name}`);
    }
  }
}

/** `export { a as b }`, `export { a } from "./x"`: what others find here under another name or from another file. */
export function declareExports(reader: ScriptReader, statement: SyntaxNode, originOfName: (name: string) => string | null): void {
  const clause = childOfType(statement, "export_clause");
  const specifier = stringIn(reader, childIn(statement, "source"));
  const module = specifier === null ? null : importedModule(reader.path, specifier);
  for (const { name, alias } of clause === null ? [] : specifiersOf(reader, clause)) {
    const origin = module === null ? originOfName(name) : `${module}.${name}`;
    if (origin !== null && origin !== `${reader.file.name}.${alias}`) reader.file.aliases.push({ short: alias, name: origin });
  }
}

function specifiersOf(reader: ScriptReader, clause: SyntaxNode): { readonly name: string; readonly alias: string }[] {
  return namedChildren(clause).flatMap((part) => {
    const name = childIn(part, "name");
    if (name === null) return [];
    return [{ name: textOf(reader, name), alias: textOf(reader, childIn(part, "alias") ?? name) }];
  });
}

function bind(reader: ScriptReader, short: string, name: string): void {
  reader.names.known.set(short, { origin: name, fixed: true });
  if (reader.names.outer === null) reader.file.aliases.push({ short, name });
}
