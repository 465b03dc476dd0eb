import type { Branch, Call, Expression } from "../../model/expression.js";

/** Whether a call gives back what is held. */
export type Closes = (call: Call) => boolean;

/** Whether every way through code closes. A way that raises or exits ends the process, and with it what the process owns. */
export function closesAlways(code: Expression, closes: Closes): boolean {
  const always = (part: Expression): boolean => closesAlways(part, closes);
  switch (code.kind) {
    case "block":
      return code.expressions.some(always);
    case "match":
      return always(code.value);
    case "tuple":
    case "list":
      return code.elements.some(always);
    case "operator":
      return code.operands.slice(0, 1).some(always);
    case "call":
      return closes(code) || endsProcess(code) || code.arguments.some(always);
    case "branch":
      return branchCloses(code, closes);
    default:
      return false;
  }
}

function endsProcess({ module, function: name }: Call): boolean {
  return (module === null || module === "Kernel") && /^(raise|reraise|exit|throw)$/.test(name);
}

function branchCloses({ form, subject, steps, clauses }: Branch, closes: Closes): boolean {
  const always = (part: Expression): boolean => closesAlways(part, closes);
  if (subject !== null && always(subject)) return true;
  if (form === "try" && clauses.some(({ role, body }) => role === "after" && always(body))) return true;
  const arms = clauses.filter(({ role }) => form === "receive" || role !== "after");
  if (form === "with") {
    if (refusedBefore(steps, closes)) return arms.some(({ role }) => role === "else") && arms.every(({ body }) => always(body));
    return steps.some(({ value }) => always(value)) || arms.some(({ role, body }) => role === "do" && always(body));
  }
  const isWhole = (form !== "if" && form !== "unless") || arms.length > 1;
  return isWhole && arms.length > 0 && arms.every(({ body }) => always(body));
}

/** Whether a step of a `with` may leave it before one of them has closed. */
export function refusedBefore(steps: Branch["steps"], closes: Closes): boolean {
  for (const { pattern, value, binds } of steps) {
    if (closesAlways(value, closes)) return false;
    if (binds && pattern !== null && pattern.kind !== "variable") return true;
  }
  return false;
}
