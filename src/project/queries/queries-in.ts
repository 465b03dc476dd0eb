import type { Call, Expression } from "../../model/expression.js";
import type { FunctionId, Project, ProjectFunction } from "../../model/project.js";
import { collect } from "../../model/walk.js";
import { repositoryCall } from "../repository-call.js";
import { leavesTenancy, tenancyOf } from "../tenancy.js";
import { conditionsOf } from "./conditions.js";
import { readQuery } from "./read.js";
import type { Scope } from "./scope.js";
import type { QueryShape, RunQuery } from "./types.js";

const running = /^(all|all_by|one|get|get_by|exists\?|aggregate|stream|paginate|update_all|delete_all)!?$/;
const known = new WeakMap<Project, Map<FunctionId, readonly RunQuery[]>>();

/** The queries a function runs itself, where their table can be told, in source order. */
export function queriesIn(project: Project, id: FunctionId): readonly RunQuery[] {
  const byFunction = known.get(project) ?? new Map<FunctionId, readonly RunQuery[]>();
  known.set(project, byFunction);
  const earlier = byFunction.get(id);
  if (earlier !== undefined) return earlier;
  const entry = project.functions.get(id);
  const queries = entry === undefined || !asksDatabase(project, id) ? [] : queriesOfFunction(project, entry);
  byFunction.set(id, queries);
  return queries;
}

/** The queries of all functions of the project. */
export function queriesOf(project: Project): RunQuery[] {
  return [...project.directEffects.keys()].flatMap((id) => queriesIn(project, id));
}

function asksDatabase(project: Project, id: FunctionId): boolean {
  return (project.directEffects.get(id) ?? []).some((site) => site.effect === "query" || site.effect === "write");
}

function queriesOfFunction(project: Project, entry: ProjectFunction): RunQuery[] {
  return entry.facts.clauses.flatMap((clause) => {
    if (clause.body === null) return [];
    const scope: Scope = { project, function: entry, clause, given: new Map(), depth: 0 };
    return collect(clause.body, "call").flatMap((call) => queryOf(call, scope) ?? []);
  });
}

function queryOf(call: Call, scope: Scope): RunQuery | null {
  const [source, ...others] = call.arguments;
  const run = source !== undefined && running.test(call.function) ? repositoryCall(scope.project, call) : null;
  if (source === undefined || run === null) return null;
  const shape = readQuery(source, scope);
  if (shape === null || shape.sources[0]?.table === null) return null;
  const limits = run.repository === null ? null : limitsOf(scope.project, run.repository, call, shape);
  const own = asked(shape, call.function, others);
  return {
    ...own,
    filters: limits === null || isByKey.test(call.function) ? own.filters : [...own.filters, ...limits],
    tenant: limits !== null,
    name: call.function,
    caller: scope.function.id,
    at: { path: scope.function.path, span: call.segment },
  };
}

/** Of its key there is one row, whoever's it is. */
const isByKey = /^get!?$/;

/** What the repository asks of this query to keep it to one tenant; null when it does not. */
function limitsOf(project: Project, repository: string, call: Call, { sources }: QueryShape): QueryShape["filters"] | null {
  const tenancy = tenancyOf(project, repository);
  if (tenancy === null || leavesTenancy(call, tenancy)) return null;
  const schema = project.schemas.get(sources[0]?.schema ?? "");
  const columns = new Set([
    ...(schema?.fields ?? []).map(({ column }) => column),
    ...(schema?.associations ?? []).map(({ foreignKey }) => foreignKey),
  ]);
  const filters = tenancy.filters.filter(({ column }) => schema === undefined || columns.has(column));
  return filters.length === 0 && tenancy.filters.length > 0 ? null : filters;
}

/** What the running function itself adds: the conditions of `get_by`, the key of `get`. */
function asked(shape: QueryShape, name: string, others: readonly Expression[]): QueryShape {
  const conditions = others[0];
  if (conditions === undefined || !/^(get_by|all_by)!?$/.test(name)) return shape;
  const keyword = conditions.kind === "map" ? entriesOf(conditions) : conditionsOf(conditions, new Map(), shape).filters;
  return keyword.length === 0 ? { ...shape, opaque: true } : { ...shape, filters: [...shape.filters, ...keyword] };
}

function entriesOf(conditions: Expression): QueryShape["filters"] {
  if (conditions.kind !== "map") return [];
  return conditions.entries.flatMap(({ key, value }) =>
    key.kind === "literal" ? [{ source: 0, column: key.value, operator: "==" as const, value, always: true }] : [],
  );
}
