import type { Call, Expression } from "../../model/expression.js";
import { outlineOfClause } from "../../model/outline.js";
import type { FunctionId, Project, Schema } from "../../model/project.js";
import { repositoryCall } from "../../project/repository-call.js";
import { statementsOf } from "../../project/values.js";
import { perProject } from "./per-project.js";

/** Rows as the database gave them: no association of theirs is loaded. */
export interface PlainRows {
  readonly schema: Schema;
  readonly list: boolean;
}

const reading = /^(all|one|get|get_by)!?$/;
const keepsRows = /^(where|or_where|order_by|limit|offset|distinct|lock)$/;

/** What a read gives back where all that takes part in its query is written there and preloads nothing; null otherwise. */
export function plainRead(call: Call, project: Project): PlainRows | null {
  const read = reading.test(call.function) ? repositoryCall(project, call) : null;
  if (read?.operation !== "read" || read.repository === null || mayPreload(project, read.repository)) return null;
  const [source, ...others] = call.arguments;
  const options = others.at(-1);
  if (options?.kind === "keyword" && options.entries.some(({ key }) => key === "preload")) return null;
  const schema = source === undefined ? null : plainSource(source, project);
  return schema === null ? null : { schema, list: call.function === "all" };
}

/** Functions of one clause that end in such a read, and what delegates to them. */
export const plainLoaders = perProject((project): ReadonlyMap<FunctionId, PlainRows> => {
  const found = new Map<FunctionId, PlainRows>();
  for (const [id, effects] of project.directEffects) {
    const clauses = project.functions.get(id)?.facts.clauses.filter((clause) => outlineOfClause(clause).hasBody) ?? [];
    if (clauses.length !== 1 || !effects.some(({ effect }) => effect === "query")) continue;
    const last = statementsOf(clauses[0]?.body ?? null).at(-1);
    const rows = last?.kind === "call" ? plainRead(last, project) : null;
    if (rows !== null) found.set(id, rows);
  }
  for (const entry of project.functions.values()) {
    const [target] = entry.facts.delegatesTo === null ? [] : (project.calls.get(entry.id) ?? []);
    const rows = target === undefined ? undefined : found.get(target.callee);
    if (rows !== undefined) found.set(entry.id, rows);
  }
  return found;
});

/** `Post`, `where(Post, …)`, `from(p in Post, where: …)`. */
function plainSource(expression: Expression, project: Project): Schema | null {
  if (expression.kind === "module") return project.schemas.get(expression.name) ?? null;
  if (expression.kind !== "call" || (expression.module !== null && expression.module !== "Ecto.Query")) return null;
  const [first, second] = expression.arguments;
  if (first === undefined) return null;
  if (keepsRows.test(expression.function)) return plainSource(first, project);
  const isIn = first.kind === "operator" && first.operator === "in";
  const source = isIn ? first.operands[1] : first;
  if (expression.function !== "from" || source === undefined) return null;
  if (second !== undefined && (second.kind !== "keyword" || !second.entries.every(({ key }) => keepsRows.test(key)))) return null;
  return plainSource(source, project);
}

/** A repository whose `prepare_query` may add preloads to every query. */
function mayPreload(project: Project, repository: string): boolean {
  const prepares = project.functions.get(`${repository}.prepare_query/3`)?.facts.clauses ?? [];
  return prepares.some((clause) => outlineOfClause(clause).calls.some((call) => call.function === "preload"));
}
