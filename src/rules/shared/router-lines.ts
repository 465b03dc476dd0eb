import type { Call, Expression } from "../../model/expression.js";
import type { Facts } from "../../model/facts.js";
import { contains, type Span } from "../../model/span.js";
import { collect, walk } from "../../model/walk.js";

/** The line of a route without the block of what is nested in it. */
export function headOf(span: Span, facts: Facts): Span {
  const call = callsAt(facts).get(span.start);
  return { start: span.start, end: call?.arguments.at(-1)?.span.end ?? span.end };
}

function callsAt(facts: Facts): ReadonlyMap<number, Call> {
  const calls = new Map<number, Call>();
  for (const module of facts.modules) {
    for (const root of module.body)
      for (const call of collect(root, "call")) if (!calls.has(call.span.start)) calls.set(call.span.start, call);
  }
  return calls;
}

/** Inside `if Mix.env() == :dev`, `if Application.compile_env(:shop, :dev_routes)`. */
export function isDevelopmentOnly(span: Span, facts: Facts): boolean {
  let found = false;
  for (const module of facts.modules) {
    found ||= module.conditions.some((around) => contains(around.span, span) && asksEnvironment(around.condition));
    for (const root of module.body) {
      walk(root, (expression) => {
        if (expression.span.start > span.start || expression.span.end < span.end) return false;
        const condition =
          expression.kind === "branch"
            ? expression.subject
            : expression.kind === "call" && /^(if|unless)$/.test(expression.function)
              ? expression.arguments[0]
              : null;
        if (condition !== null && condition !== undefined) found ||= asksEnvironment(condition);
        return;
      });
    }
  }
  return found;
}

function asksEnvironment(condition: Expression): boolean {
  return (
    collect(condition, "call").some((call) => /^(env|compile_env!?|get_env|config_env)$/.test(call.function)) ||
    collect(condition, "attribute").length > 0
  );
}
