import type { StatementShape } from "../../../model/likeness/shapes.js";
import type { Project } from "../../../model/project.js";
import { contains, type Span } from "../../../model/span.js";
import { perProject } from "../per-project.js";
import { deedsIn, patternOf, type Pattern } from "./doing.js";
import { expressionAt } from "./expression-at.js";
import { functionCopies } from "./function-copies.js";
import { writtenFunctions, type Repeatable } from "./repeatable.js";
import { differenceOf, placedStatements, type Placed } from "./same-code.js";

/** One statement that stands word for word in several modules. */
export interface Repeated {
  readonly places: readonly StatementPlace[];
  readonly size: number;
  readonly pattern: Pattern;
}

export interface StatementPlace {
  readonly inside: Repeatable;
  readonly span: Span;
}

interface Candidate extends StatementPlace {
  readonly clause: number;
  readonly statement: StatementShape;
}

const fewestExpressions = 10;
const fewestDeeds = 2;
const fewestPlaces = 4;
const fewestModules = 3;

/** Statements of the seven patterns that modules repeat, the weightiest first; parts of those already named are left out. */
export const repeatedStatements = perProject((project): readonly Repeated[] => {
  const found = [...candidates(project).values()].flatMap((alike) => {
    const modules = new Set(alike.map(({ inside }) => inside.module.name));
    return alike.length < fewestPlaces || modules.size < fewestModules ? [] : (repeatedIn(alike, project) ?? []);
  });
  found.sort((one, other) => weightOf(other) - weightOf(one));
  return found.filter((repeated, position) => !found.slice(0, position).some((heavier) => isPartOf(repeated, heavier)));
});

/** Expressions that would go if one function said it. */
export function weightOf({ size, places }: Repeated): number {
  return size * (places.length - 1);
}

function candidates(project: Project): Map<number, Candidate[]> {
  const copied = new Set(functionCopies(project).flatMap(({ members }) => members.map(({ entry }) => entry.id)));
  const alike = new Map<number, Candidate[]>();
  for (const inside of writtenFunctions(project)) {
    if (copied.has(inside.entry.id)) continue;
    for (const { clause, statements } of inside.shape.blocks) {
      for (const statement of statements) {
        if (statement.size < fewestExpressions) continue;
        alike.set(statement.digest, [...(alike.get(statement.digest) ?? []), { inside, clause, statement, span: statement.span }]);
      }
    }
  }
  return alike;
}

function repeatedIn(alike: readonly Candidate[], project: Project): Repeated | null {
  const placed = alike.flatMap((candidate) => {
    const code = codeOf(candidate);
    return code === null ? [] : [{ candidate, code }];
  });
  const [first] = placed;
  if (first === undefined || first.code.canonical === null || deedsIn(first.code.canonical) < fewestDeeds) return null;
  const pattern = patternOf(first.code.canonical);
  const same = placed.filter(({ code }) => differenceOf(first.code, code, project)?.values.length === 0);
  const builds = new Set(same.map(({ candidate }) => candidate.inside.build));
  const modules = new Set(same.map(({ candidate }) => candidate.inside.module.name));
  if (pattern === "none" || builds.size > 1 || same.length < fewestPlaces || modules.size < fewestModules) return null;
  return { pattern, size: first.candidate.statement.size, places: same.map(({ candidate: { inside, span } }) => ({ inside, span })) };
}

function codeOf({ inside, clause, span }: Candidate): Placed | null {
  const body = inside.entry.facts.clauses[clause]?.body ?? null;
  const code = body === null ? null : expressionAt(body, span);
  if (code === null) return null;
  const value = code.kind === "match" && code.pattern.kind === "variable" ? code.value : code;
  return placedStatements([value], inside.module);
}

function isPartOf({ places }: Repeated, heavier: Repeated): boolean {
  const [first] = places;
  return heavier.places.some(({ inside, span }) => inside.entry.path === first?.inside.entry.path && contains(span, first.span));
}
