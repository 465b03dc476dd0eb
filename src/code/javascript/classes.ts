import type { Expression } from "../../model/expression.js";
import type { SyntaxNode } from "../../model/syntax.js";
import { moduleDraft } from "../common/build.js";
import { originOf } from "../common/origin.js";
import { inside, textOf, type ScriptReader } from "../common/reader.js";
import type { ModuleDraft } from "../elixir/module-draft.js";
import { childIn, childOfType, namedChildren, spanOf } from "../nodes.js";
import { defineFunction } from "./functions.js";
import { originOfType } from "./types.js";

/** Reads a class into a module of its own; what it extends is listed as used, and its fields say what their values were made by. */
export function readClass(reader: ScriptReader, node: SyntaxNode, name: string): void {
  const module = moduleDraft(`${reader.file.name}.${name}`, spanOf(node), spanOf(childIn(node, "name") ?? node));
  const heritage = childOfType(node, "class_heritage");
  const extended = heritage === null ? undefined : namedChildren(childOfType(heritage, "extends_clause") ?? heritage)[0];
  const base = extended === undefined ? null : originOf(reader, reader.read(extended));
  if (extended !== undefined && base !== null) module.uses.push({ module: base, options: null, span: spanOf(extended) });
  reader.modules.push(module);
  const { owner } = reader;
  reader.owner = module;
  inside(reader, () => {
    reader.names.known.set("this", { origin: module.name, fixed: false });
    const body = childIn(node, "body");
    const members = body === null ? [] : namedChildren(body);
    for (const member of members) readHeld(reader, module, member);
    for (const member of members) readMember(reader, module, member);
  });
  reader.owner = owner;
}

/** Fields first: methods use them wherever they stand. */
function readHeld(reader: ScriptReader, module: ModuleDraft, member: SyntaxNode): void {
  const parameters = member.type === "method_definition" ? childIn(member, "parameters") : null;
  for (const parameter of parameters === null ? [] : namedChildren(parameters)) {
    if (!parameter.children.some(({ type }) => type === "accessibility_modifier" || type === "readonly")) continue;
    hold(module, reader, childIn(parameter, "pattern"), originOfType(reader, childIn(parameter, "type")));
  }
  if (isField(member)) hold(module, reader, fieldName(member), originOfType(reader, childIn(member, "type")));
}

function readMember(reader: ScriptReader, module: ModuleDraft, member: SyntaxNode): void {
  const name = childIn(member, "name") ?? childIn(member, "property");
  if (name === null) return;
  if (member.type === "method_definition") return defineFunction(reader, module, member, textOf(reader, name));
  const value = isField(member) ? childIn(member, "value") : null;
  if (value === null) return;
  if (/^(arrow_function|function_expression)$/.test(value.type)) return defineFunction(reader, module, value, textOf(reader, name));
  const expression = inside(reader, () => reader.read(value));
  module.attributes.push({ name: textOf(reader, name), value: expression, span: spanOf(member) });
  hold(module, reader, name, originOf(reader, expression));
}

function isField({ type }: SyntaxNode): boolean {
  return type === "public_field_definition" || type === "field_definition";
}

function fieldName(member: SyntaxNode): SyntaxNode | null {
  return childIn(member, "name") ?? childIn(member, "property");
}

function hold(module: ModuleDraft, reader: ScriptReader, name: SyntaxNode | null, origin: string | null): void {
  if (name === null || origin === null) return;
  const short = textOf(reader, name);
  if (!module.aliases.some((known) => known.short === short)) module.aliases.push({ short, name: origin });
}

/** `this.pool = new Pool()` says what the field holds. */
export function holdAssigned(reader: ScriptReader, target: Expression, value: Expression): void {
  if (reader.owner === null || target.kind !== "access" || target.field === null) return;
  const origin = originOf(reader, value);
  if (origin === null || target.subject.kind !== "variable" || target.subject.name !== "this") return;
  const { field: short } = target;
  if (!reader.owner.aliases.some((known) => known.short === short)) reader.owner.aliases.push({ short, name: origin });
}
