import type { Call, Expression } from "../../model/expression.js";
import { walk } from "../../model/walk.js";
import { atomOf, moduleNameOf, stringOf } from "../../project/values.js";

/** A read of an environment variable or of configuration as it is when the code around it runs. */
export type EnvironmentRead =
  | { readonly kind: "variable"; readonly call: Call; readonly name: string }
  | { readonly kind: "setting"; readonly call: Call; readonly application: string; readonly key: string; readonly inner: string | null };

/** Reads that happen when the expression is evaluated: those inside functions and captures happen later and are left out. */
export function environmentReads(root: Expression): EnvironmentRead[] {
  const reads: EnvironmentRead[] = [];
  const inner = new Map<Expression, string>();
  walk(root, (expression) => {
    if (expression.kind === "lambda" || expression.kind === "capture") return false;
    if (expression.kind === "access") {
      const key = expression.field ?? atomOf(expression.key);
      if (key !== null) inner.set(expression.subject, key);
    }
    if (expression.kind !== "call") return true;
    const read = readOf(expression, inner.get(expression) ?? null);
    if (read !== null) reads.push(read);
    return expression.function !== "quote";
  });
  return reads;
}

function readOf(call: Call, inner: string | null): EnvironmentRead | null {
  if (!/^(get_env|fetch_env!?)$/.test(call.function)) return null;
  const [first, second] = call.arguments;
  if (call.module === "System") {
    const name = stringOf(first);
    return name === null ? null : { kind: "variable", call, name };
  }
  if (call.module !== "Application") return null;
  const application = atomOf(first);
  const key = atomOf(second) ?? moduleNameOf(second);
  return application === null || key === null ? null : { kind: "setting", call, application, key, inner };
}
