import type { Call, Expression } from "../model/expression.js";
import type { FunctionFacts } from "../model/facts.js";
import type { Project } from "../model/project.js";
import { collect } from "../model/walk.js";
import { bindingsOf } from "./queries/bindings.js";
import { conditionsOf } from "./queries/conditions.js";
import { shapeOf } from "./queries/shape.js";
import type { QueryFilter } from "./queries/types.js";
import { atomOf, optionOf } from "./values.js";

/** How a repository limits what it runs to one tenant by itself, in `prepare_query/3` or `default_options/1`. */
export interface Tenancy {
  /** What it asks of every query; none when it chooses a prefix. `source` is always 0. */
  readonly filters: readonly QueryFilter[];
  /** Options that let a single call out of it (`skip_org_id: true`). */
  readonly exits: ReadonlySet<string>;
}

const known = new WeakMap<Project, Map<string, Tenancy | null>>();

/** Null for a repository that leaves queries as they are, or adds what has nothing to do with who is asking (`is_nil(x.deleted_at)`). */
export function tenancyOf(project: Project, repository: string): Tenancy | null {
  const byRepository = known.get(project) ?? new Map<string, Tenancy | null>();
  known.set(project, byRepository);
  const earlier = byRepository.get(repository);
  if (earlier !== undefined) return earlier;
  const tenancy = readTenancy(project, repository);
  byRepository.set(repository, tenancy);
  return tenancy;
}

/** Whether a call of the repository is given one of the options that let it out. */
export function leavesTenancy(call: Call, { exits }: Tenancy): boolean {
  const options = call.arguments.at(-1);
  if (options?.kind !== "keyword") return false;
  return options.entries.some(({ key, value }) => exits.has(key) && !(value.kind === "literal" && /^(false|nil)$/.test(value.value)));
}

function readTenancy(project: Project, repository: string): Tenancy | null {
  const preparing = codeOf(project, `${repository}.prepare_query/3`);
  const options = codeOf(project, `${repository}.default_options/1`);
  const filters = preparing.flatMap((body) => collect(body, "call")).flatMap(filtersOf);
  const prefixed = [...preparing, ...options].some(choosesPrefix);
  if (filters.length === 0 && !prefixed) return null;
  return { filters: [...new Map(filters.map((filter) => [filter.column, filter])).values()], exits: exitsIn(preparing) };
}

/** The bodies of a function, and of those of its own module that it calls. */
function codeOf(project: Project, id: string): Expression[] {
  const entry = project.functions.get(id);
  if (entry === undefined) return [];
  const called = (project.calls.get(id) ?? []).flatMap(({ callee }) => project.functions.get(callee) ?? []);
  const own = called.filter(({ module, id: callee }) => module === entry.module && callee !== id);
  return [entry, ...own].flatMap(({ facts }) => bodiesOf(facts));
}

function bodiesOf({ clauses }: FunctionFacts): Expression[] {
  return clauses.flatMap(({ body }) => body ?? []);
}

/** `where(query, org_id: ^id)`, `from(row in query, where: row.org_id == ^id)`: columns held against a value that is not written there. */
function filtersOf(call: Call): QueryFilter[] {
  const [first, ...others] = call.arguments;
  const last = others.at(-1);
  if (first === undefined || last === undefined || !/^(where|from)$/.test(call.function)) return [];
  const shape = shapeOf({ schema: null, table: null, as: null });
  const bindings = bindingsOf(call.function === "where" ? others[0] : first.kind === "operator" ? first.operands[0] : null, shape.sources);
  const condition = call.function === "where" ? last : optionOf(last, "where");
  if (condition === null) return [];
  return conditionsOf(condition, bindings, shape).filters.filter(
    ({ operator, value, always, source }) => operator === "==" && always && source === 0 && value !== null && isPinned(value),
  );
}

function isPinned(value: Expression): boolean {
  return (value.kind === "variable" && value.pinned) || (value.kind === "operator" && value.operator === "^");
}

/** `Keyword.put(options, :prefix, tenant)`, `put_query_prefix(query, tenant)`, `[prefix: tenant()]`. */
function choosesPrefix(body: Expression): boolean {
  const chosen = (value: Expression | undefined): boolean => value !== undefined && value.kind !== "literal" && value.kind !== "attribute";
  const byCall = collect(body, "call").some(({ function: name, arguments: given }) => {
    if (name === "put_query_prefix") return chosen(given[1]);
    return /^(put|put_new)$/.test(name) && atomOf(given[1]) === "prefix" && chosen(given[2]);
  });
  return byCall || collect(body, "keyword").some(({ entries }) => entries.some(({ key, value }) => key === "prefix" && chosen(value)));
}

const lettingOut = /skip|without|unscoped|bypass|ignore|global|disable/;

function exitsIn(bodies: readonly Expression[]): Set<string> {
  const written = bodies.flatMap((body) => collect(body, "literal"));
  return new Set(written.filter(({ type, value }) => type === "atom" && lettingOut.test(value)).map(({ value }) => value));
}
