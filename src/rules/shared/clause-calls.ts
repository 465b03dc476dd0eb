import type { Call } from "../../model/expression.js";
import type { FunctionClause, ModuleFacts } from "../../model/facts.js";
import { outlineOfClause } from "../../model/outline.js";
import { collect } from "../../model/walk.js";

/** The calls of a clause's body where one of them has this name, none elsewhere: only then is the body read. */
export function callsOfClauseCalling(clause: FunctionClause, name: string): readonly Call[] {
  if (!outlineOfClause(clause).calls.some((call) => call.function === name)) return [];
  return clause.body === null ? [] : collect(clause.body, "call");
}

/** The same over all functions of a module. */
export function callsOfClausesCalling({ functions }: ModuleFacts, name: string): readonly Call[] {
  return functions.flatMap(({ clauses }) => clauses.flatMap((clause) => callsOfClauseCalling(clause, name)));
}
