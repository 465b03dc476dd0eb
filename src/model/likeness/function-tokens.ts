import type { FunctionClause, FunctionFacts } from "../facts.js";
import { canonicalOf, tagOf, type Canonical } from "./canonical.js";

/** The structure of a whole function, its name left out; clauses whose order says nothing stand sorted. Null where the structure cannot be told. */
export function functionTokens({ clauses }: FunctionFacts): Canonical | null {
  const written: Canonical[] = [];
  for (const { parameters, guard, body } of clauses) {
    const canonical = canonicalOf([...parameters, guard, body]);
    if (canonical === null) return null;
    written.push(canonical);
  }
  const ordered = areApart(clauses) ? sorted(written) : written;
  return {
    tokens: ordered.flatMap(({ tokens }) => ["def", ...tokens]),
    literals: ordered.flatMap(({ literals }) => literals),
    size: ordered.reduce((sum, { size }) => sum + size, 0),
  };
}

function sorted(written: readonly Canonical[]): Canonical[] {
  return written
    .map((canonical) => ({ canonical, text: canonical.tokens.join("\n") }))
    .sort((one, other) => (one.text < other.text ? -1 : 1))
    .map(({ canonical }) => canonical);
}

/** At one place each clause asks for another fixed value or tag. */
function areApart(clauses: readonly FunctionClause[]): boolean {
  if (clauses.length < 2 || clauses.some(({ guard }) => guard !== null)) return false;
  return (clauses[0]?.parameters ?? []).some((_, position) => {
    const tags = clauses.map(({ parameters }) => tagOf(parameters[position]));
    return !tags.includes(null) && new Set(tags).size === tags.length;
  });
}
