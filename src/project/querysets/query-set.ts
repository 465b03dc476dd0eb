import type { Call, Expression } from "../../model/expression.js";
import type { FunctionClause } from "../../model/facts.js";
import type { Project, ProjectFunction } from "../../model/project.js";
import { collect } from "../../model/walk.js";
import { findFunction } from "../find-function.js";
import type { QueryFilter, QueryShape } from "../queries/types.js";
import { stringOf } from "../values.js";
import { modelBehind } from "./model-behind.js";

/** What a Django query set asks for when it is gone through, put together along its chain, variables and the functions that give it back. */
export interface QuerySet extends QueryShape {
  /** Model whose rows it gives. */
  readonly model: string;
  /** Relations loaded with the rows, as written (`author__profile`); `*` when all single ones are. */
  readonly loaded: readonly string[];
  /** At most so many rows, when a slice says so. */
  readonly limit: number | null;
}

/** Where a query set is written. */
export interface QueryPlace {
  readonly project: Project;
  readonly function: ProjectFunction;
  readonly clause: FunctionClause;
  readonly depth: number;
}

const farthest = 4;
/** Methods that give the same rows, or fewer, or in another order. */
const keeping = new Set([
  "all",
  "filter",
  "exclude",
  "order_by",
  "distinct",
  "reverse",
  "using",
  "only",
  "defer",
  "annotate",
  "iterator",
  "select_for_update",
  "complex_filter",
]);

/** The query set an expression is; null for anything else, and for one that gives no rows of a known model as they are stored. */
export function querySetOf(expression: Expression, place: QueryPlace): QuerySet | null {
  if (place.depth > farthest) return null;
  switch (expression.kind) {
    case "variable":
      return ofVariable(expression.name, expression.span.start, place);
    case "module":
      return modelQuery(expression.name, place);
    case "access":
      return sliced(expression, place);
    case "operator":
      return /^(await|return)$/.test(expression.operator) && expression.operands[0] !== undefined
        ? querySetOf(expression.operands[0], place)
        : null;
    case "call":
      return ofCall(expression, place);
    default:
      return null;
  }
}

function modelQuery(name: string, place: QueryPlace): QuerySet | null {
  const model = modelBehind(place.project, place.function.module, name);
  if (model === null) return null;
  const source = { schema: model, table: place.project.schemas.get(model)?.table ?? null, as: null };
  const nothing = { filters: [], orders: [], joins: [], limited: false, offset: false, aggregated: false, opaque: false };
  return { ...nothing, sources: [source], model, loaded: [], limit: null };
}

function ofCall(call: Call, place: QueryPlace): QuerySet | null {
  // `list(query)` and `enumerate(query)` give the same rows.
  const wrapped = call.arguments[0];
  if (call.module === null && call.subject === null && /^(list|tuple|sorted|enumerate|reversed|iter)$/.test(call.function)) {
    return wrapped === undefined ? null : querySetOf(wrapped, place);
  }
  const base = call.subject === null ? (call.module === null ? null : modelQuery(call.module, place)) : querySetOf(call.subject, place);
  return base === null ? givenBack(call, place) : refined(base, call);
}

function refined(base: QuerySet, call: Call): QuerySet | null {
  if (call.function === "select_related" || call.function === "prefetch_related") {
    const names = call.arguments.map((argument) => stringOf(argument) ?? prefetched(argument));
    const known = names.flatMap((name) => name ?? []);
    const all = call.function === "select_related" && names.length === 0 ? ["*"] : [];
    return { ...base, loaded: [...base.loaded, ...known, ...all], opaque: base.opaque || known.length < names.length };
  }
  if (!keeping.has(call.function)) return null;
  if (call.function === "filter") return { ...base, filters: [...base.filters, ...filtersOf(call)] };
  if (call.function !== "order_by") return base;
  const columns = call.arguments
    .flatMap((argument) => stringOf(argument) ?? [])
    .map((name) => ({ source: 0, column: name.replace(/^-/, "") }));
  return { ...base, orders: columns };
}

/** `Prefetch("comments", queryset=…)`. */
function prefetched(argument: Expression): string | null {
  return argument.kind === "call" && argument.function === "Prefetch" ? stringOf(argument.arguments[0]) : null;
}

const lookups: Readonly<Record<string, QueryFilter["operator"]>> = { in: "in", lt: "<", lte: "<", gt: ">", gte: ">", isnull: "is_nil" };

function filtersOf(call: Call): QueryFilter[] {
  const last = call.arguments.at(-1);
  return (last?.kind === "keyword" ? last.entries : []).map(({ key, value }) => {
    const [column = key, lookup] = key.split("__");
    return { source: 0, column, operator: lookup === undefined ? "==" : (lookups[lookup] ?? "fragment"), value, always: true };
  });
}

function sliced(expression: Extract<Expression, { kind: "access" }>, place: QueryPlace): QuerySet | null {
  const { key } = expression;
  if (key?.kind !== "operator" || key.operator !== "slice") return null;
  const base = querySetOf(expression.subject, place);
  const end = key.operands.at(-1);
  const limit = end?.kind === "literal" && end.type === "integer" ? Number(end.value) : null;
  return base === null ? null : { ...base, limited: true, limit };
}

/** What the assignments above a place made a variable: the last one, with what all of them load, as one may depend on a condition. */
function ofVariable(name: string, before: number, place: QueryPlace): QuerySet | null {
  const assigned = collect(place.clause.body ?? { kind: "block", expressions: [], span: place.clause.span }, "match").filter(
    ({ pattern, span }) => pattern.kind === "variable" && pattern.name === name && span.end <= before,
  );
  const read = assigned.map(({ value }) => querySetOf(value, { ...place, depth: place.depth + 1 }));
  const last = read.at(-1) ?? null;
  if (last === null) return null;
  return {
    ...last,
    loaded: [...new Set(read.flatMap((query) => query?.loaded ?? []))],
    opaque: read.some((query) => query === null || query.opaque),
  };
}

/** A function of the project that gives a query set back. */
function givenBack(call: Call, place: QueryPlace): QuerySet | null {
  const site = (place.project.calls.get(place.function.id) ?? []).find(
    ({ span }) => span.start === call.segment.start && span.end === call.segment.end,
  );
  const callee = site === undefined ? null : (place.project.functions.get(site.callee) ?? null);
  const found = callee ?? (call.module === null ? null : findFunction(place.project, call.module, call.function, call.arguments.length));
  const [clause, second] = found?.facts.clauses ?? [];
  if (found === null || clause === undefined || clause.body === null || second !== undefined) return null;
  const results = collect(clause.body, "operator").filter(({ operator }) => operator === "return");
  const inner = { ...place, function: found, clause, depth: place.depth + 1 };
  const read = results.map((result) => querySetOf(result, inner));
  const [only] = read;
  return read.length === 1 ? (only ?? null) : null;
}
