import type { Expression, Literal } from "../../../model/expression.js";
import type { Canonical } from "../../../model/likeness/canonical.js";
import { canonicalOf } from "../../../model/likeness/canonical.js";
import { functionTokens } from "../../../model/likeness/function-tokens.js";
import type { Project, ProjectFunction, ProjectModule } from "../../../model/project.js";
import { walk } from "../../../model/walk.js";
import { findFunction } from "../../../project/find-function.js";

/** A longer text that differs is what the code is about, such as another query. */
const longestDifference = 60;

/** How two pieces of equal structure differ: texts and numbers that stand at the same place, each pair once. */
export interface Difference {
  readonly values: readonly (readonly [string, string])[];
}

/** Code and the module that its names mean something in. */
export interface Placed {
  readonly module: ProjectModule;
  readonly parts: readonly Expression[];
  readonly canonical: Canonical | null;
}

/** A whole function as placed code. */
export function placedFunction(entry: ProjectFunction, module: ProjectModule): Placed {
  const parts = entry.facts.clauses.flatMap(({ parameters, guard, body }) => [...parameters, guard, body]);
  return { module, parts: parts.filter((part) => part !== null), canonical: functionTokens(entry.facts) };
}

/** Some statements as placed code. */
export function placedStatements(parts: readonly Expression[], module: ProjectModule): Placed {
  return { module, parts, canonical: canonicalOf(parts) };
}

/** What tells two pieces apart that do the same; null when they do not: other structure, or names that mean something else. */
export function differenceOf(one: Placed, other: Placed, project: Project): Difference | null {
  if (one.canonical === null || other.canonical === null || !equal(one.canonical.tokens, other.canonical.tokens)) return null;
  if (!meanTheSame(one, other, project)) return null;
  const attributes = attributeDifferences(one, other);
  if (attributes === null) return null;
  const pairs = new Map<string, readonly [string, string]>();
  for (const [position, literal] of one.canonical.literals.entries()) {
    const opposite = other.canonical.literals[position];
    if (opposite === undefined || opposite.value === literal.value) continue;
    if (Math.max(literal.value.length, opposite.value.length) > longestDifference) return null;
    pairs.set(`${literal.value}\n${opposite.value}`, pair(literal, opposite));
  }
  for (const found of attributes) pairs.set(found.join("\n"), found);
  return { values: [...pairs.values()] };
}

function pair(one: Literal, other: Literal): readonly [string, string] {
  return [shown(one), shown(other)];
}

function shown({ type, value }: Literal): string {
  return type === "string" ? `"${value}"` : value;
}

function equal(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((text, position) => text === other[position]);
}

/** Each local name called in both is either nobody's own, or the modules' own functions of that name are the same again. */
function meanTheSame(one: Placed, other: Placed, project: Project): boolean {
  if (one.module === other.module) return true;
  for (const name of localCalls(one.parts)) {
    const [own, opposite] = [one, other].map(({ module }) => ownFunction(module.name, name, project));
    if (!own && !opposite) continue;
    if (!own || !opposite) return false;
    const [mine, theirs] = [functionTokens(own.facts), functionTokens(opposite.facts)];
    if (mine === null || theirs === null || !equal(mine.tokens, theirs.tokens) || !equalLiterals(mine, theirs)) return false;
  }
  return true;
}

function ownFunction(module: string, name: string, project: Project): ProjectFunction | null {
  const slash = name.lastIndexOf("/");
  return findFunction(project, module, name.slice(0, slash), Number(name.slice(slash + 1)));
}

function equalLiterals(one: Canonical, other: Canonical): boolean {
  return one.literals.every(({ value }, position) => value === other.literals[position]?.value);
}

function localCalls(parts: readonly Expression[]): Set<string> {
  const names = new Set<string>();
  for (const part of parts) {
    walk(part, (expression) => {
      if (expression.kind === "call" && expression.module === null && expression.subject === null) {
        names.add(`${expression.function}/${expression.arguments.length}`);
      } else if (expression.kind === "capture" && expression.module === null) names.add(`${expression.function}/${expression.arity}`);
    });
  }
  return names;
}

/** Attributes of one name with other values; null where a value cannot be compared. */
function attributeDifferences(one: Placed, other: Placed): (readonly [string, string])[] | null {
  if (one.module === other.module) return [];
  const differences: (readonly [string, string])[] = [];
  for (const name of attributesIn(one.parts)) {
    const [mine, theirs] = [one, other].map(({ module }) =>
      canonicalOf(module.facts.attributes.filter((attribute) => attribute.name === name).map(({ value }) => value)),
    );
    if (mine === null || mine === undefined || theirs === null || theirs === undefined) return null;
    if (!equal(mine.tokens, theirs.tokens) || !equalLiterals(mine, theirs)) differences.push([`@${name}`, `@${name}`]);
  }
  return differences;
}

function attributesIn(parts: readonly Expression[]): Set<string> {
  const names = new Set<string>();
  for (const part of parts) {
    walk(part, (expression) => {
      if (expression.kind === "attribute") names.add(expression.name);
    });
  }
  return names;
}
