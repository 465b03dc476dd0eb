import type { Expression } from "../../model/expression.js";
import { contains } from "../../model/span.js";
import { collect, walk } from "../../model/walk.js";
import type { EffectSite } from "../../project/effects-of.js";
import { loopsIn } from "../../project/loops-in.js";
import { discardedCalls } from "./discarded.js";
import { isUpsert, type RepositoryUse } from "./stored-rows.js";
import { spoken } from "./written.js";

/** A write as it stands in a function, and what it ends in. */
export interface Write {
  readonly site: EffectSite;
  readonly use: RepositoryUse;
  readonly expression: Expression;
}

/** Two writes one after the other, and the variable that makes them one change. */
export interface TiedWrites {
  readonly first: Write;
  readonly second: Write;
  readonly tie: string;
}

/** Writes that are allowed to fail on their own. */
const keepsRecords =
  /log|audit|track|telemetry|metric|analytics|history|activit|touch|last_|seen|heartbeat|bump|increment|cache|notif|count|stats?|index|email|mail|event/i;

/** The first two writes one after the other, the second of which needs the first or changes the row the first is about. */
export function tiedWrites(writes: readonly Write[], body: Expression): TiedWrites | null {
  const dropped = new Set(discardedCalls(body).map((call) => call.segment.start));
  for (const second of writes) {
    const mayFail = second.use.call.function.endsWith("!") || !dropped.has(second.site.span.start);
    if (!mayFail || isUpsert(second.use) || keepsRecords.test(spoken(second.site.call)) || /_all$/.test(second.use.name)) continue;
    for (const first of writes) {
      if (first.site.span.end > second.site.span.start || exclude(first, second, body)) continue;
      const tie = tieBetween(first, second, body);
      if (tie !== null) return { first, second, tie };
    }
  }
  return null;
}

/** The variable that ties them: bound to what the first wrote, or the row that both are about. */
function tieBetween(first: Write, second: Write, body: Expression): string | null {
  const used = variablesFor(perElementAround(second.expression, body), body);
  const written = [...namesFrom(first, body)].find((name) => used.has(name));
  if (written !== undefined) return written;
  if (first.use.name !== "insert" && first.use.name !== "insert!") return null;
  if (!/^(update|delete)!?$/.test(second.use.name)) return null;
  const subject = subjectOf(second.expression, body);
  return subject !== null && variablesFor(first.expression, body).has(subject) ? subject : null;
}

/** A write made once per element is about what the elements come from. */
function perElementAround(write: Expression, body: Expression): Expression {
  const outer = loopsIn(body).find((loop) => [loop.body, ...loop.others].some((part) => contains(part.span, write.span)));
  return outer?.expression ?? write;
}

/** The row a chain starts from: `user` in `user |> change() |> Repo.update()`. */
function subjectOf(expression: Expression, body: Expression): string | null {
  let current: Expression | undefined = expression;
  while (current?.kind === "call") current = current.arguments[0];
  if (current?.kind !== "variable") return null;
  const bound: Expression | null = valueOf(current.name, current.span.start, body);
  return bound === null ? current.name : bound.kind === "call" ? subjectOf(bound, body) : null;
}

function variablesFor(expression: Expression, body: Expression, depth = 0): Set<string> {
  const names = new Set<string>();
  for (const variable of collect(expression, "variable")) {
    names.add(variable.name);
    const value = depth < 2 ? valueOf(variable.name, variable.span.start, body) : null;
    if (value !== null) for (const name of variablesFor(value, body, depth + 1)) names.add(name);
  }
  return names;
}

function valueOf(name: string, before: number, body: Expression): Expression | null {
  let found: Expression | null = null;
  walk(body, (expression) => {
    if (
      expression.kind === "match" &&
      expression.pattern.kind === "variable" &&
      expression.pattern.name === name &&
      expression.span.end <= before
    )
      found = expression.value;
  });
  return found;
}

/** Names that hold what a write gave back: by `=`, an arrow of `with`, or a clause of the `case` around it. */
function namesFrom({ expression: write }: Write, body: Expression): Set<string> {
  const names = new Set<string>();
  const add = (pattern: Expression | null): void => {
    if (pattern !== null && !saysError(pattern))
      for (const { name } of collect(pattern, "variable")) if (!name.startsWith("_")) names.add(name);
  };
  walk(body, (expression) => {
    if (!contains(expression.span, write.span)) return false;
    if (expression.kind === "match" && endsIn(expression.value, write)) add(expression.pattern);
    if (expression.kind === "branch") {
      for (const step of expression.steps) if (endsIn(step.value, write)) add(step.pattern);
      if (expression.form === "case" && expression.subject !== null && endsIn(expression.subject, write))
        for (const clause of expression.clauses) clause.patterns.forEach(add);
    }
    return;
  });
  return names;
}

function endsIn(value: Expression, write: Expression): boolean {
  if (value.kind === "block") return value.expressions.slice(-1).some((last) => endsIn(last, write));
  return value.span.start === write.span.start && value.span.end === write.span.end;
}

function saysError(pattern: Expression): boolean {
  const [tag] = pattern.kind === "tuple" ? pattern.elements : [];
  return tag?.kind === "literal" && tag.value === "error";
}

/** Whether they stand in different arms of one branch, or the second where the first has failed. */
function exclude(first: Write, second: Write, body: Expression): boolean {
  let found = false;
  walk(body, (expression) => {
    if (expression.kind !== "branch") return;
    const arms = expression.clauses.filter(({ role }) => role !== "after");
    const armOf = (write: Write): number => arms.findIndex((clause) => contains(clause.span, write.site.span));
    const [one, other] = [armOf(first), armOf(second)];
    if (one !== other && one >= 0 && other >= 0) found = true;
    const arm = arms[other];
    if (one < 0 && arm !== undefined && contains(expression.span, first.site.span))
      found ||=
        (["else", "rescue", "catch"].includes(arm.role) && expression.form !== "if" && expression.form !== "unless") ||
        arm.patterns.some(saysError);
  });
  return found;
}
