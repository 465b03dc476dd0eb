import type { Call } from "../../model/expression.js";
import type { FunctionClause } from "../../model/facts.js";
import type { Project, ProjectFunction } from "../../model/project.js";
import { collect } from "../../model/walk.js";
import { findFunction } from "../../project/find-function.js";
import { queriesIn } from "../../project/queries/queries-in.js";
import type { RunQuery } from "../../project/queries/types.js";
import { repositoryCall } from "../../project/repository-call.js";

/** How many functions of the project may stand between a call and the query. */
const furthest = 2;

/** A look-up: the call, the function it stands in, and the argument that has the id in it. */
export interface LookupById {
  readonly call: Call;
  readonly entry: ProjectFunction;
  readonly position: number;
}

/** What a look-up by id comes to: the schema whose row is found by its key and nothing else, and the functions that lead there. */
export interface FoundById {
  readonly schema: string;
  readonly through: readonly ProjectFunction[];
}

/** Null where a further condition, a join or something unread may limit what is found. */
export function foundById({ call, entry, position }: LookupById, project: Project, depth = furthest): FoundById | null {
  if (repositoryCall(project, call) !== null) {
    const query = queriesIn(project, entry.id).find(({ at }) => at.span.start === call.segment.start && at.span.end === call.segment.end);
    const schema = query === undefined ? null : schemaByKey(query, project);
    return schema === null ? null : { schema, through: [] };
  }
  const target = findFunction(project, call.module ?? entry.module, call.function, call.arguments.length);
  if (target === null || depth === 0) return null;
  const found = target.facts.clauses.flatMap((clause) => firstIn(clause, position, target, project, depth - 1) ?? []);
  const [first] = found;
  return first === undefined || found.length > 1 ? null : { ...first, through: [target, ...first.through] };
}

/** The first look-up of a clause that is given the parameter the id came in by. */
function firstIn(
  { parameters, body }: FunctionClause,
  given: number,
  entry: ProjectFunction,
  project: Project,
  depth: number,
): FoundById | null {
  const parameter = parameters[given];
  if (parameter === undefined || body === null) return null;
  const names = new Set(collect(parameter, "variable").map(({ name }) => name));
  for (const call of collect(body, "call")) {
    const position = call.arguments.findIndex((argument) => collect(argument, "variable").some(({ name }) => names.has(name)));
    const found = position === -1 ? null : foundById({ call, entry, position }, project, depth);
    if (found !== null) return found;
  }
  return null;
}

const findsOne = /^(get|get_by|one|exists\?|delete_all|update_all)!?$/;

function schemaByKey(query: RunQuery, project: Project): string | null {
  const schema = project.schemas.get(query.sources[0]?.schema ?? "");
  if (schema === undefined || !findsOne.test(query.name) || query.opaque || query.tenant || query.joins.length > 0) return null;
  const byKey = query.filters.every(({ column, source }) => source === 0 && (column === "uuid" || schema.primaryKey.includes(column)));
  const asksKey = /^get!?$/.test(query.name) ? query.filters.length === 0 : query.filters.length > 0;
  return byKey && asksKey ? schema.module : null;
}
