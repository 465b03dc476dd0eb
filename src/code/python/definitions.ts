import type { Expression } from "../../model/expression.js";
import type { SyntaxNode } from "../../model/syntax.js";
import { addFunction, moduleDraft, operator } from "../common/build.js";
import { originOf } from "../common/origin.js";
import { inside, textOf, type ScriptReader } from "../common/reader.js";
import { keep, type ModuleDraft } from "../elixir/module-draft.js";
import { childIn, namedChildren, spanOf } from "../nodes.js";
import { declareImports } from "./imports.js";
import { readStatements } from "./statements.js";

/** Reads the statements of a file or a class into its module: functions, classes, assignments, and what else runs there. */
export function readBody(reader: ScriptReader, module: ModuleDraft, body: SyntaxNode): void {
  const statements = namedChildren(body);
  module.documented = isDocumentation(statements[0]);
  for (const statement of statements) readMember(reader, module, statement);
}

function readMember(reader: ScriptReader, module: ModuleDraft, statement: SyntaxNode): void {
  const definition = statement.type === "decorated_definition" ? (childIn(statement, "definition") ?? statement) : statement;
  if (definition.type === "function_definition") return readFunction(reader, module, statement, definition);
  if (definition.type === "class_definition") return readClass(reader, module, statement, definition);
  if (declareImports(reader, definition)) return;
  if (definition.type === "ERROR") return readBody(reader, module, definition);
  const expression = reader.read(definition);
  if (expression.kind === "match" && expression.pattern.kind === "variable") {
    const { name } = expression.pattern;
    module.attributes.push({ name, value: expression.value, span: expression.span });
    const origin = originOf(reader, expression.value);
    if (origin !== null) module.aliases.push({ short: name, name: origin });
  } else keep(module, expression);
}

function readFunction(reader: ScriptReader, module: ModuleDraft, written: SyntaxNode, definition: SyntaxNode): void {
  const name = childIn(definition, "name");
  const body = childIn(definition, "body");
  if (name === null || body === null) return;
  const bound = module !== reader.file && !isStatic(reader, written);
  inside(reader, () => {
    addFunction(module, {
      ...{ name: textOf(reader, name), nameSpan: spanOf(name), span: spanOf(written) },
      visibility: textOf(reader, name).startsWith("_") ? "private" : "public",
      documented: isDocumentation(namedChildren(body)[0]),
      parameters: readParameters(reader, childIn(definition, "parameters"), bound ? module.name : null),
      body: readStatements(reader, body),
    });
  });
}

/** The parameters a caller fills: the receiver of a method is left out, and `owner` is what it was made by. Default values as `\\`. */
export function readParameters(reader: ScriptReader, list: SyntaxNode | null, owner: string | null): Expression[] {
  const nodes = list === null ? [] : namedChildren(list).filter(({ type }) => !/separator$/.test(type));
  const [receiver] = nodes;
  if (owner !== null && receiver?.type === "identifier") {
    reader.names.known.set(textOf(reader, receiver), { origin: owner, fixed: false });
    return nodes.slice(1).map((node) => readParameter(reader, node));
  }
  return nodes.map((node) => readParameter(reader, node));
}

function readParameter(reader: ScriptReader, node: SyntaxNode): Expression {
  const type = childIn(node, "type");
  const typed = type === null ? undefined : namedChildren(type)[0];
  const origin = typed === undefined ? null : originOf(reader, reader.read(typed));
  const value = childIn(node, "value");
  const given = value === null ? null : reader.read(value);
  const name = node.type === "identifier" ? node : (childIn(node, "name") ?? namedChildren(node)[0] ?? node);
  reader.names.known.set(textOf(reader, name).replace(/^\*+/, ""), { origin, fixed: false });
  const variable: Expression = { kind: "variable", name: textOf(reader, name), pinned: false, span: spanOf(name) };
  return given === null ? variable : operator("\\\\", [variable, given], spanOf(node));
}

/** Reads a class into a module of its own, named after the one around it; what it inherits from is listed as used. */
export function readClass(reader: ScriptReader, outer: ModuleDraft, written: SyntaxNode, definition: SyntaxNode): void {
  const name = childIn(definition, "name");
  const body = childIn(definition, "body");
  if (name === null) return;
  const module = moduleDraft(`${outer.name}.${textOf(reader, name)}`, spanOf(written), spanOf(name));
  const bases = childIn(definition, "superclasses");
  for (const base of bases === null ? [] : namedChildren(bases)) {
    const inherited = base.type === "keyword_argument" ? null : originOf(reader, reader.read(base));
    if (inherited !== null) module.uses.push({ module: inherited, options: null, span: spanOf(base) });
  }
  reader.modules.push(module);
  reader.names.known.set(textOf(reader, name), { origin: module.name, fixed: true });
  const { owner } = reader;
  reader.owner = module;
  if (body !== null) inside(reader, () => readBody(reader, module, body));
  reader.owner = owner;
}

function isStatic(reader: ScriptReader, written: SyntaxNode): boolean {
  return written.children.some((child) => child.type === "decorator" && textOf(reader, child).trim() === "@staticmethod");
}

function isDocumentation(statement: SyntaxNode | undefined): boolean {
  return statement?.type === "expression_statement" && namedChildren(statement)[0]?.type === "string";
}
