import type { Access, Call, Expression } from "../../model/expression.js";
import type { Association, Project } from "../../model/project.js";
import type { Span } from "../../model/span.js";
import { walk } from "../../model/walk.js";

/** A relation read from a row where Django would fetch it. `path` is as `select_related` wants it: `author__profile`. */
export interface RelatedRead {
  readonly path: string;
  readonly association: Association;
  /** Every step leads to one row, so that a join can load it. */
  readonly single: boolean;
  readonly span: Span;
}

interface Typed {
  readonly model: string;
  readonly path: readonly string[];
  readonly single: boolean;
}

const readingAll = new Set(["all", "count", "exists"]);

/** Relations that code reads from the row a variable holds, in source order, each time they are read. What is assigned first is not fetched. */
export function relatedReads(project: Project, parts: readonly Expression[], variable: string, model: string): RelatedRead[] {
  const typed = new Map<Expression, Typed | null>();
  const typeOf = (expression: Expression): Typed | null => {
    const known = typed.get(expression);
    if (known !== undefined) return known;
    const found = typeFrom(project, expression, variable, model, typeOf);
    typed.set(expression, found);
    return found;
  };
  const assigned = new Set<Expression>();
  const assignedPaths = new Set<string>();
  for (const part of parts) {
    walk(part, (expression) => {
      if (expression.kind !== "match") return;
      assigned.add(expression.pattern);
      const target = expression.pattern.kind === "access" ? typeOf(expression.pattern) : null;
      if (target !== null) assignedPaths.add(target.path.join("__"));
    });
  }
  const reads = parts.flatMap((part) => readsIn(project, part, typeOf, assigned));
  return reads.filter(({ path }) => !assignedPaths.has(path));
}

function readsIn(
  project: Project,
  part: Expression,
  typeOf: (expression: Expression) => Typed | null,
  assigned: ReadonlySet<Expression>,
): RelatedRead[] {
  const reads: RelatedRead[] = [];
  walk(part, (expression) => {
    if (assigned.has(expression)) return;
    const access = expression.kind === "access" ? expression : managerIn(expression);
    const subject = access === null ? null : typeOf(access.subject);
    if (access === null || subject === null) return;
    const association = associationNamed(project, subject.model, access.field);
    if (association === null || isSingle(association) !== (expression.kind === "access")) return;
    const path = [...subject.path, association.name].join("__");
    reads.push({ path, association, single: subject.single && isSingle(association), span: expression.span });
  });
  return reads;
}

/** `post.comments` in `post.comments.all()`: what a manager of many rows is asked. */
function managerIn(expression: Expression): Access | null {
  if (expression.kind !== "call" || !readingAll.has(expression.function) || !isPlain(expression)) return null;
  return expression.subject?.kind === "access" ? expression.subject : null;
}

function isPlain(call: Call): boolean {
  return call.arguments.length === 0;
}

function typeFrom(
  project: Project,
  expression: Expression,
  variable: string,
  model: string,
  typeOf: (expression: Expression) => Typed | null,
): Typed | null {
  if (expression.kind === "variable") return expression.name === variable ? { model, path: [], single: true } : null;
  if (expression.kind !== "access") return null;
  const subject = typeOf(expression.subject);
  const association = subject === null ? null : associationNamed(project, subject.model, expression.field);
  if (subject === null || association === null || !isSingle(association)) return null;
  return { model: association.schema ?? "", path: [...subject.path, association.name], single: true };
}

function associationNamed(project: Project, model: string, field: string | null): Association | null {
  return project.schemas.get(model)?.associations.find(({ name }) => name === field) ?? null;
}

function isSingle({ cardinality }: Association): boolean {
  return cardinality === "belongs_to" || cardinality === "has_one";
}
