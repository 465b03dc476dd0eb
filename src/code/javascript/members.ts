import type { Expression } from "../../model/expression.js";
import type { SyntaxNode } from "../../model/syntax.js";
import { findName } from "../common/names.js";
import { originOf } from "../common/origin.js";
import { textOf, type ScriptReader } from "../common/reader.js";
import { keep } from "../elixir/module-draft.js";
import { childIn, childOfType, namedChildren } from "../nodes.js";
import { readClass } from "./classes.js";
import { defineFunction } from "./functions.js";
import { declareExports, declareImport, stringIn } from "./imports.js";

/** Reads the statements of a file into its module. Function literals that stand here, as handlers and exports do, become functions known by what they are given to. */
export function readTopLevel(reader: ScriptReader, root: SyntaxNode): void {
  for (const statement of namedChildren(root)) readMember(reader, statement);
}

function readMember(reader: ScriptReader, statement: SyntaxNode): void {
  switch (statement.type) {
    case "import_statement":
      return declareImport(reader, statement);
    case "export_statement":
      return readExport(reader, statement);
    case "function_declaration":
    case "generator_function_declaration":
      return defineFunction(reader, reader.file, statement, nameOf(reader, statement) ?? "default");
    case "class_declaration":
    case "abstract_class_declaration":
      return readClass(reader, statement, nameOf(reader, statement) ?? "default");
    case "lexical_declaration":
    case "variable_declaration":
      for (const declarator of namedChildren(statement)) readDeclarator(reader, declarator);
      return;
    case "expression_statement":
      for (const expression of namedChildren(statement)) readStatement(reader, expression);
      return;
    case "ERROR":
      return readTopLevel(reader, statement);
    case "interface_declaration":
    case "type_alias_declaration":
      return;
    default:
      keep(reader.file, reader.read(statement));
  }
}

function readExport(reader: ScriptReader, statement: SyntaxNode): void {
  const declared = childIn(statement, "declaration");
  const isDefault = childOfType(statement, "default") !== null;
  declareExports(reader, statement, (name) => findName(reader.names, name).origin);
  if (declared !== null) {
    readMember(reader, declared);
    const name = nameOf(reader, declared);
    if (isDefault && name !== null) passOn(reader, "default", `${reader.file.name}.${name}`);
    return;
  }
  const value = childIn(statement, "value");
  if (value !== null) readExported(reader, "default", value);
}

/** `export default X`, `module.exports = X`, `exports.name = X`. */
function readExported(reader: ScriptReader, name: string, value: SyntaxNode): void {
  const expression = named(reader, name, value);
  const origin = originOf(reader, expression);
  if (origin !== null && expression.kind !== "capture") passOn(reader, name, origin);
  keep(reader.file, expression);
}

function passOn(reader: ScriptReader, short: string, name: string): void {
  reader.file.aliases.push({ short, name });
}

function readDeclarator(reader: ScriptReader, declarator: SyntaxNode): void {
  const name = childIn(declarator, "name");
  const value = childIn(declarator, "value");
  if (name === null || value === null) return;
  const expression = named(reader, name.type === "identifier" ? textOf(reader, name) : "default", declarator);
  if (expression.kind !== "match") return;
  const held = findName(reader.names, textOf(reader, name)).origin;
  if (name.type !== "identifier") return keep(reader.file, expression);
  if (expression.value.kind === "capture") {
    reader.names.known.set(textOf(reader, name), { origin: `${reader.file.name}.${textOf(reader, name)}`, fixed: true });
    return;
  }
  reader.file.attributes.push({ name: textOf(reader, name), value: expression.value, span: expression.span });
  if (held !== null) passOn(reader, textOf(reader, name), held);
  keep(reader.file, expression.value);
}

function readStatement(reader: ScriptReader, node: SyntaxNode): void {
  const left = node.type === "assignment_expression" ? childIn(node, "left") : null;
  const exported = left === null ? null : /^(?:module\.)?exports(?:\.(\w+))?$/.exec(textOf(reader, left));
  const right = childIn(node, "right");
  if (exported !== null && right !== null) return readExported(reader, exported[1] ?? "default", right);
  keep(reader.file, named(reader, handlerName(reader, node), node));
}

/** `router.get("/orders", …)` → `get /orders`: what people call the handler. */
function handlerName(reader: ScriptReader, node: SyntaxNode): string {
  const target = node.type === "call_expression" ? childIn(node, "function") : null;
  const list = node.type === "call_expression" ? childIn(node, "arguments") : null;
  const method = target === null ? null : target.type === "member_expression" ? childIn(target, "property") : target;
  const first = list === null ? null : stringIn(reader, namedChildren(list)[0] ?? null);
  const name = method === null || method.end - method.start > 40 ? "top level" : textOf(reader, method).replace(/\s+/g, " ");
  return first === null ? name : `${name} ${first.slice(0, 60)}`;
}

function named(reader: ScriptReader, name: string, node: SyntaxNode): Expression {
  const { naming } = reader;
  reader.naming = name;
  const expression = reader.read(node);
  reader.naming = naming;
  return expression;
}

function nameOf(reader: ScriptReader, definition: SyntaxNode): string | null {
  const name = childIn(definition, "name");
  return name === null ? null : textOf(reader, name);
}
