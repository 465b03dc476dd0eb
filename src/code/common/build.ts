import type { Block, Branch, Call, Clause, Expression, Operator } from "../../model/expression.js";
import type { FunctionClause } from "../../model/facts.js";
import type { Span } from "../../model/span.js";
import type { ModuleDraft } from "../elixir/module-draft.js";

/** A module whose parts are still to be read. */
export function moduleDraft(name: string, span: Span, nameSpan: Span): ModuleDraft {
  return {
    ...{ name, kind: "module", span, nameSpan, documented: false },
    ...{ uses: [], imports: [], aliases: [], behaviours: [], attributes: [], functions: [], body: [], expressions: [], conditions: [] },
  };
}

interface Definition {
  readonly name: string;
  readonly nameSpan: Span;
  readonly span: Span;
  readonly visibility: "public" | "private";
  readonly documented: boolean;
  readonly parameters: readonly Expression[];
  readonly body: Expression;
}

/** Adds a function to a module; one of the same name and arity gets a further clause. */
export function addFunction(module: ModuleDraft, { parameters, body, span, ...traits }: Definition): void {
  const clause: FunctionClause = { parameters, guard: null, body, span };
  const arity = parameters.length;
  const earlier = module.functions.find((known) => known.name === traits.name && known.arity === arity);
  if (earlier !== undefined) {
    earlier.clauses.push(clause);
    return;
  }
  const defaults = parameters.filter((parameter) => parameter.kind === "operator" && parameter.operator === "\\\\").length;
  module.functions.push({ ...traits, arity, defaults, kind: "function", implements: false, delegatesTo: null, clauses: [clause], span });
}

export interface Callee {
  readonly module: string | null;
  readonly subject: Expression | null;
  readonly name: string;
  readonly nameSpan: Span;
}

export function callOf({ module, subject, name, nameSpan }: Callee, given: readonly Expression[], span: Span): Call {
  return {
    ...{ kind: "call", module, subject, function: name, arguments: given, piped: false },
    ...{ block: null, clauses: [], span, segment: span, nameSpan },
  };
}

export function operator(name: string, operands: readonly Expression[], span: Span): Operator {
  return { kind: "operator", operator: name, operands, span };
}

/** A lone statement as itself, several (or none) as a block. */
export function blockOf(expressions: readonly Expression[], span: Span): Expression | Block {
  const [only] = expressions;
  return expressions.length === 1 && only !== undefined ? only : { kind: "block", expressions, span };
}

export function clauseOf(role: Clause["role"], patterns: readonly Expression[], body: Expression, span: Span): Clause {
  return { role, patterns, guard: null, body, span };
}

/** `if` with its two ways; the second may be missing. */
export function ifOf(condition: Expression, then: Expression, otherwise: Expression | null, span: Span, nameSpan: Span): Branch {
  const clauses = [clauseOf("do", [], then, then.span), ...(otherwise === null ? [] : [clauseOf("else", [], otherwise, otherwise.span)])];
  return { kind: "branch", form: "if", subject: condition, steps: [], clauses, span, nameSpan };
}
