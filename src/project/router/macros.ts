import type { Call, Expression } from "../../model/expression.js";
import type { ModuleFacts } from "../../model/facts.js";
import { walk } from "../../model/walk.js";
import { bodyOf, statementsOf } from "../values.js";
import type { ExpandMacro } from "./scope.js";

/** A module whose macros may be called by their bare name. */
export interface MacroModule {
  readonly path: string;
  readonly facts: ModuleFacts;
}

/** Expands calls of the project's own macros: `unquote(parameter)` and `unquote(block)` become what the call gave. */
export function createExpandMacro(sources: readonly MacroModule[]): ExpandMacro {
  return (call) => {
    if (call.subject !== null) return null;
    for (const { path, facts } of sources) {
      const arity = call.arguments.length + (call.block === null ? 0 : 1);
      const macro = facts.functions.find(
        (candidate) => candidate.kind === "macro" && candidate.name === call.function && accepts(candidate, arity),
      );
      const clause = macro?.clauses.find((candidate) => candidate.body !== null);
      if (clause?.body === null || clause === undefined) continue;
      const quoted = quotesIn(clause.body).map((statement) => substitute(statement, bindings(clause.parameters, call)));
      return { statements: quoted, path };
    }
    return null;
  };
}

function accepts(candidate: { readonly arity: number; readonly defaults: number }, arity: number): boolean {
  return candidate.arity >= arity && candidate.arity - candidate.defaults <= arity;
}

function quotesIn(body: Expression): Expression[] {
  const statements: Expression[] = [];
  walk(body, (expression) => {
    if (expression.kind !== "call" || expression.function !== "quote") return;
    statements.push(...statementsOf(bodyOf(expression)));
    return false;
  });
  return statements;
}

/** Parameters by name; `do: block` takes the call's block. */
function bindings(parameters: readonly Expression[], call: Call): Map<string, Expression> {
  const bound = new Map<string, Expression>();
  for (const [position, parameter] of parameters.entries()) {
    const given = call.arguments[position];
    const pattern = parameter.kind === "operator" && parameter.operator === "\\\\" ? parameter.operands[0] : parameter;
    if (pattern?.kind === "variable" && given !== undefined) bound.set(pattern.name, given);
    const block = pattern?.kind === "keyword" ? pattern.entries.find((entry) => entry.key === "do")?.value : undefined;
    if (block?.kind === "variable" && call.block !== null) bound.set(block.name, call.block);
    if (pattern?.kind === "list") {
      const inner = pattern.elements[0]?.kind === "tuple" ? pattern.elements[0].elements[1] : undefined;
      if (inner?.kind === "variable" && call.block !== null) bound.set(inner.name, call.block);
    }
  }
  return bound;
}

/** Replaces every `unquote(name)` under an expression. Facts are plain JSON, so one function serves every kind. */
function substitute<Value>(value: Value, bound: ReadonlyMap<string, Expression>): Value {
  if (Array.isArray(value)) return value.map((element: unknown) => substitute(element, bound)) as Value;
  if (typeof value !== "object" || value === null) return value;
  const replacement = unquoted(value, bound);
  if (replacement !== undefined) return replacement as Value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, substitute(inner as unknown, bound)])) as Value;
}

function unquoted(value: Partial<Expression>, bound: ReadonlyMap<string, Expression>): Expression | undefined {
  if (value.kind !== "call" || value.function !== "unquote") return undefined;
  const [name] = value.arguments ?? [];
  return name?.kind === "variable" ? bound.get(name.name) : undefined;
}
