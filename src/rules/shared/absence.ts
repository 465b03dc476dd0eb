import type { Clause, Expression } from "../../model/expression.js";
import type { Span } from "../../model/span.js";
import { walk } from "../../model/walk.js";

/** A look whose answer decides, and the code that runs when nothing was there. */
export interface AbsenceCheck {
  readonly looked: Expression;
  readonly whenAbsent: Span;
  /** What a reader would underline. */
  readonly span: Span;
}

/** Every place under a body that acts because a look found nothing: `case`, `if`, `unless`, `cond`, `with`, `||`. */
export function absenceChecks(body: Expression): AbsenceCheck[] {
  const checks: AbsenceCheck[] = [];
  walk(body, (expression) => {
    if (expression.kind === "operator" && expression.operator === "||") {
      const [looked, otherwise] = expression.operands;
      if (looked !== undefined && otherwise !== undefined) checks.push({ looked, whenAbsent: otherwise.span, span: looked.span });
    }
    if (expression.kind !== "branch") return;
    if (expression.form === "with") checks.push(...inWith(expression.steps, expression.clauses));
    if (expression.subject === null) return;
    if (expression.form === "case") checks.push(...inCase(expression.subject, expression.clauses));
    if (expression.form === "if" || expression.form === "unless")
      checks.push(...inCondition(expression.subject, expression.form === "unless", expression.clauses));
  });
  return checks;
}

function inCase(looked: Expression, clauses: readonly Clause[]): AbsenceCheck[] {
  return clauses
    .filter(({ patterns: [pattern] }) => pattern !== undefined && saysAbsent(pattern))
    .map(({ body }) => ({ looked, whenAbsent: body.span, span: looked.span }));
}

function inWith(
  steps: readonly { readonly pattern: Expression | null; readonly value: Expression }[],
  clauses: readonly Clause[],
): AbsenceCheck[] {
  const last = clauses.find(({ role }) => role === "do");
  const later = steps.flatMap(({ pattern, value }) =>
    pattern === null || !saysAbsent(pattern) || last === undefined
      ? []
      : [{ looked: value, whenAbsent: { start: value.span.end, end: last.span.end }, span: value.span }],
  );
  const [only] = steps;
  const found =
    only !== undefined && steps.length === 1
      ? inCase(
          only.value,
          clauses.filter(({ role }) => role === "else"),
        )
      : [];
  return [...later, ...found];
}

function inCondition(subject: Expression, negated: boolean, clauses: readonly Clause[]): AbsenceCheck[] {
  const asked = askedOf(subject);
  const absent = asked.absentWhenTrue !== negated ? "do" : "else";
  return clauses
    .filter(({ role }) => role === absent)
    .map(({ body }) => ({ looked: asked.looked, whenAbsent: body.span, span: subject.span }));
}

/** What a condition looks at, through `!`, `not`, `is_nil`, `== nil` and `user = …`. */
function askedOf(condition: Expression): { looked: Expression; absentWhenTrue: boolean } {
  if (condition.kind === "match") return askedOf(condition.value);
  if (condition.kind === "operator") {
    const [left, right] = condition.operands;
    if (left !== undefined && /^(!|not)$/.test(condition.operator)) {
      const inner = askedOf(left);
      return { ...inner, absentWhenTrue: !inner.absentWhenTrue };
    }
    if (left !== undefined && right !== undefined && saysAbsent(right) && /^(===?|!==?)$/.test(condition.operator))
      return { looked: left, absentWhenTrue: condition.operator.startsWith("=") };
  }
  const [first] = condition.kind === "call" && condition.function === "is_nil" ? condition.arguments : [];
  return first === undefined ? { looked: condition, absentWhenTrue: false } : { looked: first, absentWhenTrue: true };
}

/** `nil`, `false`, `[]`, `{:error, _}`, `{:error, :not_found}`. */
function saysAbsent(pattern: Expression): boolean {
  if (pattern.kind === "literal") return pattern.type === "nil" || (pattern.type === "boolean" && pattern.value === "false");
  if (pattern.kind === "list") return pattern.elements.length === 0 && pattern.tail === null;
  if (pattern.kind !== "tuple") return false;
  const [tag, reason] = pattern.elements;
  const noReason = reason?.kind === "variable" || (reason?.kind === "literal" && /not_?found|nil|missing/.test(reason.value));
  return tag?.kind === "literal" && tag.value === "error" && noReason;
}
