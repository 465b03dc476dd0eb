/** Names of one PostgreSQL type, by what Ecto's migrations and SQL call it. */
const sameTypes: readonly (readonly string[])[] = [
  ["integer", "int", "int4", "serial"],
  ["bigint", "int8", "id", "bigserial", "identity"],
  ["varchar", "string", "character varying"],
  ["uuid", "binary_id"],
  ["jsonb", "map"],
  ["bytea", "binary"],
  ["timestamp(0)", "naive_datetime", "utc_datetime", "timestamp(0) without time zone"],
  ["timestamp", "naive_datetime_usec", "utc_datetime_usec", "timestamp without time zone"],
  ["timestamptz", "timestamp with time zone", "timestamp_tz"],
  ["double precision", "float", "float8"],
  ["numeric", "decimal"],
  ["boolean", "bool"],
];

const nameOf = new Map(sameTypes.flatMap((names) => names.map((name): [string, string] => [name, names[0] ?? name])));

/** Changes of type that PostgreSQL makes without touching the rows; between times with and without zone where the session's zone is UTC. */
const free = new Set([
  ...["varchar → text", "varchar → citext", "text → citext", "citext → text"],
  ...["timestamp(0) → timestamp", "timestamp → timestamptz", "timestamptz → timestamp", "timestamp(0) → timestamptz"],
]);

/**
 * Whether a column of the first type is written anew, row by row, to become one of the second. Lengths and precisions are not
 * compared; null when one of the types isn't known by name.
 */
export function rewrites(from: string, to: string): boolean | null {
  const [before, after] = [canonical(from), canonical(to)];
  if (!/^[\w ()[\]]+$/.test(before) || !/^[\w ()[\]]+$/.test(after) || before === "unknown" || after === "unknown") return null;
  return before !== after && !free.has(`${before} → ${after}`);
}

function canonical(written: string): string {
  const type = written.trim().toLowerCase().replace(/^:/, "");
  const array = /^\{:array, :?(.+)\}$/.exec(type)?.[1] ?? /^(.+)\[\]$/.exec(type)?.[1];
  if (array !== undefined) return `${canonical(array)}[]`;
  if (/^\{:map\b/.test(type)) return "jsonb";
  const plain = /^(varchar|character varying|numeric|decimal)\s*\([\d ,]+\)$/.exec(type)?.[1] ?? type;
  return nameOf.get(plain) ?? plain;
}
