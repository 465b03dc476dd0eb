import type { Call, Expression } from "../../model/expression.js";
import type { FunctionClause } from "../../model/facts.js";
import { outlineOfClause } from "../../model/outline.js";
import type { Project, ProjectFunction } from "../../model/project.js";
import { collect, walk } from "../../model/walk.js";
import { findFunction } from "../../project/find-function.js";
import { effectsOf } from "../../project/effects-of.js";
import { repositoryCall } from "../../project/repository-call.js";
import { isKeptToTenant, readsOfTenant } from "./kept-to-tenant.js";
import { comparesOwner, namesRequester } from "./permission.js";
import { spoken } from "./written.js";

/** A call that reads or changes a record by an id taken from the request. */
export interface RecordByRequest {
  readonly clause: FunctionClause;
  readonly call: Call;
  /** What is called, to compare handlers by: a function of the project, or a repository function with its schema. */
  readonly loader: string;
  /** The same as people say it. */
  readonly said: string;
  readonly parameter: string;
  /** Which argument of the call has the id in it. */
  readonly position: number;
  readonly writes: boolean;
  /** Who is asking is given along, so that the lookup can be limited to them, or is held against the record's owner; or the repository limits every query. */
  readonly scoped: boolean;
}

const idKey = /^(id|uuid|\w+_(id|uuid)|\w+[a-z]Id|[a-z]{4,}id)$/;
const notAnId =
  /^((client|request|session|trace|correlation|google|github|gitlab|stripe|provider|external|remote|device|tab)_?id|\w*(valid|paid|android|grid|hybrid|solid|liquid|fluid|rapid|avoid|forbid))$/i;

/** The first record each clause of a handler reaches by an id its client chose. */
export function recordsByRequest(entry: ProjectFunction, project: Project): RecordByRequest[] {
  return entry.facts.clauses.flatMap((clause) => recordsOfClause(clause, clause.parameters.slice(1), entry, project).slice(0, 1));
}

/** Every record a clause reaches by an id out of those of its parameters that its client fills, in the order reached. */
export function recordsOfClause(
  clause: FunctionClause,
  given: readonly Expression[],
  entry: ProjectFunction,
  project: Project,
): RecordByRequest[] {
  if (!outlineOfClause(clause).hasBody || given.length === 0 || clause.body === null) return [];
  return recordsIn(clause, clause.body, given, entry, project);
}

function recordsIn(
  clause: FunctionClause,
  body: Expression,
  given: readonly Expression[],
  entry: ProjectFunction,
  project: Project,
): RecordByRequest[] {
  const whole = new Set(given.flatMap((parameter) => wholeNames(parameter)));
  const ids = new Map(given.flatMap((parameter) => idsIn(parameter)).map((id) => [id.name, id.parameter]));
  const idOf = (code: Expression): string | null => idMentioned(code, ids, whole);
  for (const { pattern, value } of bindings(body)) {
    const parameter = idOf(value);
    if (parameter === null || collect(value, "call").some((call) => reachesRecords(call, entry, project) !== null)) continue;
    for (const variable of collect(pattern, "variable")) ids.set(variable.name, parameter);
  }
  const calls = collect(body, "call")
    .flatMap((call) => {
      const reached = reachesRecords(call, entry, project);
      const position = reached === null ? -1 : call.arguments.findIndex((argument) => isLookup(argument) && idOf(argument) !== null);
      const argument = call.arguments[position];
      const parameter = argument === undefined ? null : idOf(argument);
      return reached === null || parameter === null ? [] : [{ call, parameter, position, ...reached }];
    })
    .sort((one, other) => one.call.segment.end - other.call.segment.end);
  return calls.map(({ tenant, ...record }) => ({
    ...{ clause, ...record },
    get scoped(): boolean {
      return record.call.arguments.some(namesRequester) || comparesOwner(body) || tenant();
    },
  }));
}

/** Attributes to store may name other records; what finds a record is given by itself, or as `id: …`. */
function isLookup(argument: Expression): boolean {
  if (argument.kind === "map") return false;
  return argument.kind !== "keyword" || argument.entries.some(({ key }) => idKey.test(key));
}

/** Names of parameters taken whole: `params`, `args`, also in `%{…} = params`. */
function wholeNames(parameter: Expression): string[] {
  if (parameter.kind === "variable") return [parameter.name];
  return parameter.kind === "match" ? [...wholeNames(parameter.pattern), ...wholeNames(parameter.value)] : [];
}

/** Variables a pattern binds to an id: `%{"id" => id}`, `%{post_id: post_id}`. */
function idsIn(parameter: Expression): { readonly name: string; readonly parameter: string }[] {
  return collect(parameter, "map").flatMap(({ entries }) =>
    entries.flatMap(({ key, value }) =>
      key.kind === "literal" && isId(key.value) && value.kind === "variable" ? [{ name: value.name, parameter: key.value }] : [],
    ),
  );
}

function isId(key: string): boolean {
  return idKey.test(key) && !notAnId.test(key);
}

/** The request's parameter that code mentions: a variable bound to it, `params["id"]`, `inputs.id`, `conn.params["id"]`. */
function idMentioned(code: Expression, ids: ReadonlyMap<string, string>, whole: ReadonlySet<string>): string | null {
  let found: string | null = null;
  walk(code, (part) => {
    if (part.kind === "variable") found ??= ids.get(part.name) ?? null;
    if (part.kind === "access") {
      const key = part.field ?? (part.key?.kind === "literal" ? part.key.value : null);
      const { subject } = part;
      const fromRequest =
        (subject.kind === "variable" && whole.has(subject.name)) || (subject.kind === "access" && subject.field === "params");
      if (key !== null && isId(key) && fromRequest) found ??= key;
    }
    return found === null;
  });
  return found;
}

/** Every `pattern = value` and `pattern <- value`, in the order written. */
function bindings(body: Expression): { readonly pattern: Expression; readonly value: Expression }[] {
  const found: { readonly pattern: Expression; readonly value: Expression }[] = [];
  walk(body, (part) => {
    if (part.kind === "match") found.push(part);
    if (part.kind === "branch") for (const { pattern, value } of part.steps) if (pattern !== null) found.push({ pattern, value });
    return true;
  });
  return found.sort((one, other) => one.value.span.start - other.value.span.start);
}

interface Reached {
  readonly loader: string;
  readonly said: string;
  readonly writes: boolean;
  /** Asked only when needed. */
  readonly tenant: () => boolean;
}

function reachesRecords(call: Call, entry: ProjectFunction, project: Project): Reached | null {
  const direct = repositoryCall(project, call);
  if (direct !== null) {
    const schema = collect(call, "module").find(({ name }) => project.schemas.has(name));
    const { repository } = direct;
    return {
      ...{ loader: `${direct.name} ${schema?.name ?? ""}`, said: `Repo.${direct.name}`, writes: direct.operation === "write" },
      tenant: () => repository !== null && isKeptToTenant(entry, call.segment, repository, project),
    };
  }
  const target = findFunction(project, call.module ?? entry.module, call.function, call.arguments.length);
  if (target === null || target.module === entry.module) return null;
  const effects = effectsOf(project, target.id);
  if (!effects.has("query") && !effects.has("write")) return null;
  const tenant = (): boolean => readsOfTenant(target.id, project);
  return { loader: target.id, said: spoken(target.id), writes: effects.has("write"), tenant };
}
