import type { Project } from "../../model/project.js";
import type { QueryShape, QuerySource } from "./types.js";

const empty: QueryShape = {
  sources: [],
  filters: [],
  orders: [],
  joins: [],
  limited: false,
  offset: false,
  aggregated: false,
  opaque: false,
};

/** A query that names its table and asks nothing of it yet. */
export function shapeOf(source: QuerySource): QueryShape {
  return { ...empty, sources: [source] };
}

export function sourceOfSchema(project: Project, module: string, as: string | null = null): QuerySource {
  const schema = project.schemas.get(module);
  const table = schema?.table ?? null;
  return { schema: schema === undefined ? null : module, table: qualified(table, schema?.prefix ?? null), as };
}

function qualified(table: string | null, prefix: string | null): string | null {
  return table === null || prefix === null ? table : `${prefix}.${table}`;
}

/** Ways through the code that end in different queries: a condition holds always only when every way has it. */
export function eitherOf(shapes: readonly QueryShape[]): QueryShape | null {
  const [first, ...others] = shapes;
  if (first === undefined || others.length === 0) return first ?? null;
  const inAll = (column: string, source: number): boolean =>
    shapes.every((shape) => shape.filters.some((filter) => filter.always && filter.column === column && filter.source === source));
  const filters = shapes.flatMap((shape) => shape.filters);
  return {
    sources: shapes.reduce((longest, shape) => (shape.sources.length > longest.length ? shape.sources : longest), first.sources),
    filters: [...new Set(filters)].map((filter) => ({ ...filter, always: filter.always && inAll(filter.column, filter.source) })),
    orders: [...new Set(shapes.flatMap((shape) => shape.orders))],
    joins: [...new Set(shapes.flatMap((shape) => shape.joins))],
    limited: shapes.some((shape) => shape.limited),
    offset: shapes.some((shape) => shape.offset),
    aggregated: shapes.some((shape) => shape.aggregated),
    opaque: shapes.some((shape) => shape.opaque || shape.sources[0]?.table !== first.sources[0]?.table),
  };
}
