import type { SyntaxNode } from "../../model/syntax.js";
import { createScriptReader, textOf, type ScriptReader } from "../common/reader.js";
import { childIn, namedChildren } from "../nodes.js";
import { javascriptModule } from "./imports.js";
import { readTopLevel } from "./members.js";
import { readJavascript } from "./read.js";

/** What a JavaScript or TypeScript file says: a module for the file, named by its path, and one for each class. */
export function readJavascriptFile(path: string, text: string, root: SyntaxNode): Pick<ScriptReader, "modules" | "unread"> {
  const reader = createScriptReader({ path, text, module: javascriptModule(path) }, readJavascript);
  declareTopLevel(reader, root);
  readTopLevel(reader, root);
  return reader;
}

// Functions and classes may be used above where they stand.
function declareTopLevel(reader: ScriptReader, root: SyntaxNode): void {
  for (const statement of namedChildren(root)) {
    const definition = statement.type === "export_statement" ? childIn(statement, "declaration") : statement;
    if (definition === null || !/^(generator_function|function|class|abstract_class)_declaration$/.test(definition.type)) continue;
    const name = childIn(definition, "name");
    if (name !== null) reader.names.known.set(textOf(reader, name), { origin: `${reader.file.name}.${textOf(reader, name)}`, fixed: true });
  }
}
