import type { Expression } from "../../model/expression.js";
import type { FunctionClause, FunctionFacts, ModuleFacts } from "../../model/facts.js";

type Changeable<Value> = { -readonly [Key in keyof Value]: Value[Key] };

/** A function whose clauses are still being gathered. */
export type FunctionDraft = Changeable<Omit<FunctionFacts, "clauses">> & { readonly clauses: FunctionClause[] };

type Lists = "uses" | "imports" | "aliases" | "behaviours" | "attributes" | "body" | "expressions" | "conditions";

/** A module whose body is still being read. */
export type ModuleDraft = Changeable<Omit<ModuleFacts, Lists | "functions">> & {
  readonly [List in Lists]: ModuleFacts[List][number][];
} & {
  readonly functions: FunctionDraft[];
};

/** What stands above the next definition. */
export interface Pending {
  documented: boolean;
  implements: boolean;
}

/** A module body in progress. `last` is the function whose clause was read last. */
export interface ModuleScope {
  readonly draft: ModuleDraft;
  readonly pending: Pending;
  /** The draft's functions by `name/arity`. */
  readonly byName: Map<string, FunctionDraft>;
  last: FunctionDraft | null;
}

/** Puts an expression of the module body where it belongs: calls in order, all else beside them. */
export function keep(draft: ModuleDraft, expression: Expression): void {
  if (expression.kind === "call") draft.body.push(expression);
  else draft.expressions.push(expression);
}
