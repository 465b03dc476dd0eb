import type { SyntaxNode } from "../../model/syntax.js";
import { textOf, type ScriptReader } from "../common/reader.js";
import { childIn } from "../nodes.js";

/** Brings what an import statement names into scope, and at the top of a file among what others may take from it; false for any other statement. */
export function declareImports(reader: ScriptReader, statement: SyntaxNode): boolean {
  if (statement.type === "import_statement") {
    for (const imported of statement.children.filter(({ field }) => field === "name")) {
      const { name, alias } = partsOf(reader, imported);
      // `import os.path` binds `os`.
      if (alias === null) bind(reader, name.split(".")[0] ?? name, name.split(".")[0] ?? name);
      else bind(reader, alias, name);
    }
    return true;
  }
  if (statement.type !== "import_from_statement") return statement.type === "future_import_statement";
  const from = childIn(statement, "module_name");
  const module = from === null ? "" : absolute(reader, textOf(reader, from));
  for (const imported of statement.children.filter(({ field }) => field === "name")) {
    const { name, alias } = partsOf(reader, imported);
    bind(reader, alias ?? name, module === "" ? name : `${module}.${name}`);
  }
  return true;
}

function partsOf(reader: ScriptReader, imported: SyntaxNode): { readonly name: string; readonly alias: string | null } {
  const name = childIn(imported, "name");
  const alias = childIn(imported, "alias");
  return imported.type === "aliased_import" && name !== null
    ? { name: textOf(reader, name), alias: alias === null ? null : textOf(reader, alias) }
    : { name: textOf(reader, imported), alias: null };
}

function bind(reader: ScriptReader, short: string, name: string): void {
  reader.names.known.set(short, { origin: name, fixed: true });
  if (reader.names.outer === null) reader.file.aliases.push({ short, name });
}

/** `.models` in `shop.views` is `shop.models`; each further dot goes one package up. */
function absolute(reader: ScriptReader, written: string): string {
  const dots = /^\.*/.exec(written)?.[0].length ?? 0;
  if (dots === 0) return written;
  const own = reader.file.name === "__init__" ? [] : reader.file.name.split(".");
  const isPackage = /(^|\/)__init__\.py$/.test(reader.path);
  const around = own.slice(0, Math.max(0, own.length - dots + (isPackage ? 1 : 0)));
  const rest = written.slice(dots).trim();
  return [...around, ...(rest === "" ? [] : [rest])].join(".");
}
