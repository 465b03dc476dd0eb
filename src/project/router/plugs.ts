import type { Call, Expression } from "../../model/expression.js";
import type { ModuleFacts } from "../../model/facts.js";
import type { Plug } from "../../model/project.js";
import { atomOf, elementsOf } from "../values.js";

/** What `plug Name, options when guard` says. */
export interface ReadPlug {
  readonly plug: Plug;
  readonly guard: Expression | null;
}

/** Reads a `plug` line; null for another call. Module names are expanded as seen from where it stands. */
export function readPlug(call: Call, path: string, expand: (name: string) => string): ReadPlug | null {
  if (call.function !== "plug") return null;
  const last = call.arguments.at(-1);
  const guarded = last?.kind === "operator" && last.operator === "when" ? last.operands : null;
  const written = guarded === null ? call.arguments : [...call.arguments.slice(0, -1), ...guarded.slice(0, 1)];
  const [name, options] = written;
  const text = name?.kind === "module" ? expand(name.name) : atomOf(name);
  if (text === null) return null;
  return { plug: { path, span: call.span, name: text, options: options ?? null }, guard: guarded?.[1] ?? null };
}

/** Whether a controller's plug runs for an action. A guard that can't be read lets it run. */
export function appliesTo(guard: Expression | null, action: string | null, module: ModuleFacts): boolean {
  if (guard === null || action === null) return true;
  if (guard.kind !== "operator") return true;
  const [left, right] = guard.operands;
  switch (guard.operator) {
    case "in":
      return isAction(left) ? (listed(right, module)?.includes(action) ?? true) : true;
    case "not in":
      return isAction(left) ? !(listed(right, module)?.includes(action) ?? false) : true;
    case "==":
      return isAction(left) && atomOf(right) !== null ? atomOf(right) === action : true;
    case "!=":
      return isAction(left) && atomOf(right) !== null ? atomOf(right) !== action : true;
    case "not":
      return left?.kind === "operator" ? !appliesTo(left, action, module) : true;
    case "and":
      return appliesTo(left ?? null, action, module) && appliesTo(right ?? null, action, module);
    case "or":
      return appliesTo(left ?? null, action, module) || appliesTo(right ?? null, action, module);
    default:
      return true;
  }
}

function isAction(expression: Expression | undefined): boolean {
  return expression?.kind === "variable" && expression.name === "action";
}

function listed(expression: Expression | undefined, module: ModuleFacts): string[] | null {
  const value =
    expression?.kind === "attribute" ? module.attributes.find((attribute) => attribute.name === expression.name)?.value : expression;
  const names = elementsOf(value).map(atomOf);
  return names.length > 0 && names.every((name) => name !== null) ? names : null;
}
