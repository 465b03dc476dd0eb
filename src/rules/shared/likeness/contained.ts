import type { Expression } from "../../../model/expression.js";
import type { StatementShape } from "../../../model/likeness/shapes.js";
import { statementsOf } from "../../../model/likeness/shapes.js";
import type { Project } from "../../../model/project.js";
import type { Span } from "../../../model/span.js";
import { collect } from "../../../model/walk.js";
import { perProject } from "../per-project.js";
import { deedsIn } from "./doing.js";
import { mayCall } from "./existing.js";
import { expressionAt } from "./expression-at.js";
import { repeatables, writtenFunctions, type Repeatable } from "./repeatable.js";
import { differenceOf, placedStatements } from "./same-code.js";

/** Statements of one function that are the whole body of a public one. */
export interface Contained {
  readonly inside: Repeatable;
  readonly original: Repeatable;
  readonly span: Span;
  readonly size: number;
  /** They are all there is to the function. */
  readonly whole: boolean;
}

interface Body {
  readonly owner: Repeatable;
  readonly statements: readonly StatementShape[];
  readonly size: number;
}

/** A shorter body says no more than its call would. */
const fewestExpressions = 18;
const fewestDeeds = 3;

/** Places that spell out what a public function of the same application does. */
export const containedBodies = perProject((project): readonly Contained[] => {
  const byFirst = new Map<number, Body[]>();
  for (const body of publicBodies(project)) {
    const first = body.statements[0]?.digest ?? 0;
    byFirst.set(first, [...(byFirst.get(first) ?? []), body]);
  }
  return byFirst.size === 0 ? [] : writtenFunctions(project).flatMap((inside) => placesIn(inside, byFirst, project));
});

function publicBodies(project: Project): Body[] {
  return repeatables(project).flatMap((owner) => {
    const { facts } = owner.entry;
    const block = owner.shape.blocks.find(({ body }) => body);
    if (facts.visibility !== "public" || facts.clauses.length !== 1 || block === undefined || facts.arity === 0) return [];
    const size = sizeOf(block.statements);
    return size < fewestExpressions ? [] : [{ owner, statements: block.statements, size }];
  });
}

function sizeOf(statements: readonly StatementShape[]): number {
  return statements.reduce((sum, { size }) => sum + size, 0);
}

function placesIn(inside: Repeatable, byFirst: ReadonlyMap<number, readonly Body[]>, project: Project): Contained[] {
  const found: Contained[] = [];
  for (const block of inside.shape.blocks) {
    for (const [position, statement] of block.statements.entries()) {
      for (const body of byFirst.get(statement.digest) ?? []) {
        const window = block.statements.slice(position, position + body.statements.length);
        if (!mayBe(window, body, inside)) continue;
        const rest = block.statements.slice(position + window.length);
        const whole = block.body && window.length === block.statements.length;
        if (isSame(window, rest, block.clause, inside, body, project)) {
          const span = { start: statement.span.start, end: (window.at(-1) ?? statement).span.end };
          found.push({ inside, original: body.owner, span, size: body.size, whole });
        }
      }
    }
  }
  return found;
}

function mayBe(window: readonly StatementShape[], { owner, statements }: Body, inside: Repeatable): boolean {
  if (owner.entry.id === inside.entry.id || owner.shape.digest === inside.shape.digest || owner.build !== inside.build) return false;
  if (!mayCall(inside.entry.path, owner.entry.path)) return false;
  return window.length === statements.length && window.every(({ digest }, at) => digest === statements[at]?.digest);
}

/** The code itself is the same, and nothing it names is used after it. */
function isSame(
  window: readonly StatementShape[],
  rest: readonly StatementShape[],
  clause: number,
  inside: Repeatable,
  { owner }: Body,
  project: Project,
): boolean {
  const [original] = owner.entry.facts.clauses;
  const code = inside.entry.facts.clauses[clause]?.body ?? null;
  if (original === undefined || code === null || original.body === null) return false;
  if (!original.parameters.every(({ kind }) => kind === "variable")) return false;
  const statements = window.flatMap(({ span }) => expressionAt(code, span) ?? []);
  const theirs = placedStatements(statementsOf(original.body).map(valueIfLast), owner.module);
  if (theirs.canonical === null || deedsIn(theirs.canonical) < fewestDeeds || readsNothing(theirs.parts)) return false;
  const difference = differenceOf(theirs, placedStatements(statements.map(valueIfLast), inside.module), project);
  if (difference === null || difference.values.length > 0) return false;
  const named = new Set(statements.slice(0, -1).flatMap(namesBound));
  return !rest.some(({ span }) => uses(expressionAt(code, span), named));
}

function valueIfLast(statement: Expression, position: number, all: readonly Expression[]): Expression {
  return position === all.length - 1 && statement.kind === "match" && statement.pattern.kind === "variable" ? statement.value : statement;
}

function readsNothing(parts: readonly Expression[]): boolean {
  return parts.every((part) => collect(part, "variable").length === 0);
}

function namesBound(statement: Expression): string[] {
  return statement.kind === "match" ? collect(statement.pattern, "variable").map(({ name }) => name) : [];
}

function uses(code: Expression | null, names: ReadonlySet<string>): boolean {
  return code !== null && collect(code, "variable").some(({ name }) => names.has(name));
}
