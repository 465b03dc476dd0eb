import type { Expression } from "../../model/expression.js";
import type { Project } from "../../model/project.js";
import { collect } from "../../model/walk.js";
import { atomOf, elementsOf, moduleNameOf, stringOf } from "../values.js";
import { bindingsOf, type Bindings } from "./bindings.js";
import { columnsIn, conditionsOf } from "./conditions.js";
import { sourceOfSchema } from "./shape.js";
import type { QueryShape, QuerySource } from "./types.js";

/** Words of Ecto.Query that add to a query they are given first. */
export const partNames =
  /^(where|or_where|having|or_having|order_by|prepend_order_by|limit|offset|first|last|select|select_merge|distinct|group_by|preload|lock|windows|with_named_binding|has_named_binding\?|exclude|reverse_order|update|hints|union|union_all|except|intersect|with_cte|recursive_ctes|put_query_prefix|(inner_|left_|right_|full_|cross_)?(lateral_)?join)$/;

const aggregates = /^(count|sum|avg|min|max)$/;

/** One part (`where: expression`) added to a query; `follow` gives what a pinned variable was bound to. */
export function withPart(
  shape: QueryShape,
  name: string,
  expression: Expression,
  bindings: Bindings,
  follow: (value: Expression) => Expression,
): QueryShape {
  if (/^(where|having)$/.test(name)) return withCondition(shape, follow(expression), bindings, true);
  if (/^or_/.test(name)) {
    const weaker = shape.filters.map((filter) => ({ ...filter, always: false }));
    return withCondition({ ...shape, filters: weaker }, follow(expression), bindings, false);
  }
  if (name === "on") return withCondition(shape, expression, bindings, false);
  if (/order_by$/.test(name)) return withOrder(shape, expression, bindings);
  if (/^(limit|first|last)$/.test(name)) return { ...shape, limited: true };
  if (name === "offset") return { ...shape, offset: shape.offset || expression.kind !== "literal" };
  if (/^(group_by|distinct|union|except|intersect)/.test(name)) return { ...shape, aggregated: true };
  if (/^select/.test(name) && collect(expression, "call").some((call) => aggregates.test(call.function)))
    return { ...shape, aggregated: true };
  return shape;
}

function withCondition(shape: QueryShape, expression: Expression, bindings: Bindings, always: boolean): QueryShape {
  if (expression.kind === "call" && expression.function === "dynamic") {
    const condition = expression.arguments.at(-1);
    const own = expression.arguments.length > 1 ? bindingsOf(expression.arguments[0], shape.sources) : bindings;
    return condition === undefined ? shape : withCondition(shape, condition, own, always);
  }
  if (expression.kind === "variable" || (expression.kind === "operator" && expression.operator === "^")) return { ...shape, opaque: true };
  const { filters, joins } = conditionsOf(expression, bindings, shape, always);
  const unread = filters.length === 0 && joins.length === 0 && expression.kind !== "literal";
  return {
    ...shape,
    filters: [...shape.filters, ...filters],
    joins: [...shape.joins, ...joins],
    opaque: shape.opaque || unread,
  };
}

/** `desc: u.inserted_at`, `[:name, desc: :id]`, `u.name`. */
function withOrder(shape: QueryShape, expression: Expression, bindings: Bindings): QueryShape {
  const named = (part: Expression): string[] =>
    part.kind === "keyword"
      ? part.entries.flatMap((entry) => elementsOf(entry.value).flatMap((value) => atomOf(value) ?? []))
      : elementsOf(part).flatMap((value) => (value.kind === "keyword" ? named(value) : (atomOf(value) ?? [])));
  const plain = named(expression).map((column) => ({ source: 0, column }));
  return { ...shape, orders: [...shape.orders, ...plain, ...columnsIn(expression, bindings, shape)] };
}

/** What stands after `in` of a join: a schema, a table, or `assoc(u, :posts)`. */
export function joinedSource(project: Project, written: Expression, bindings: Bindings, shape: QueryShape): QuerySource {
  const module = moduleNameOf(written);
  if (module !== null) return sourceOfSchema(project, module);
  if (written.kind === "call" && written.function === "assoc") {
    const [owner, name] = written.arguments;
    const position = owner?.kind === "variable" ? bindings.get(owner.name) : undefined;
    const schema = project.schemas.get(shape.sources[position ?? -1]?.schema ?? "");
    const association = schema?.associations.find((candidate) => candidate.name === atomOf(name));
    if (association?.schema !== null && association !== undefined) return sourceOfSchema(project, association.schema);
  }
  return { schema: null, table: stringOf(written), as: null };
}
