import type { SyntaxNode } from "../../model/syntax.js";
import type { ModuleDraft } from "../elixir/module-draft.js";
import { createScriptReader, type ScriptReader } from "../common/reader.js";
import { childIn, namedChildren } from "../nodes.js";
import { textOf } from "../common/reader.js";
import { readBody } from "./definitions.js";
import { readPython } from "./read.js";

/** What a Python file says: a module for the file, named as it is imported from the repository's root, and one for each class. */
export function readPythonFile(path: string, text: string, root: SyntaxNode): Pick<ScriptReader, "modules" | "unread"> {
  const reader = createScriptReader({ path, text, module: pythonModule(path) }, readPython);
  declareTopLevel(reader, root);
  readBody(reader, reader.file, root);
  return reader;
}

/** `shop/orders/models.py` → `shop.orders.models`; a package's own file has the package's name. */
export function pythonModule(path: string): string {
  const name = path.replace(/\.py$/, "").replace(/(^|\/)__init__$/, "");
  return name === "" ? "__init__" : name.replaceAll("/", ".");
}

// Functions may use what is defined further down.
function declareTopLevel(reader: ScriptReader, root: SyntaxNode): void {
  for (const statement of namedChildren(root)) {
    const definition = statement.type === "decorated_definition" ? childIn(statement, "definition") : statement;
    if (definition?.type !== "function_definition" && definition?.type !== "class_definition") continue;
    const name = childIn(definition, "name");
    if (name !== null) declare(reader, reader.file, textOf(reader, name));
  }
}

function declare(reader: ScriptReader, module: ModuleDraft, name: string): void {
  reader.names.known.set(name, { origin: `${module.name}.${name}`, fixed: true });
}
