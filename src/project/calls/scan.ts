import type { Call, Expression } from "../../model/expression.js";
import type { CallSite, DirectEffect, FunctionId } from "../../model/project.js";
import { contains, type Span } from "../../model/span.js";
import { walk } from "../../model/walk.js";
import type { MatchEffects } from "../effects/match.js";
import { atomOf, moduleNameOf } from "../values.js";
import { renderedBy } from "./rendered.js";
import { captured, type Callee, type Resolver } from "./resolve.js";

/** What is known while the code of one module is read. */
export interface ScanContext {
  readonly resolver: Resolver;
  readonly effectsOf: MatchEffects;
  readonly isDeferring: (callee: Callee) => boolean;
  /** Whether a function of this id is in the project. */
  readonly exists: (id: FunctionId) => boolean;
}

export interface Scanned {
  readonly calls: readonly CallSite[];
  readonly effects: readonly DirectEffect[];
}

/** Words of Ecto's query language that projects like to name functions after; inside a query they call nothing. */
const queryWords = new Set([
  "count",
  "sum",
  "avg",
  "min",
  "max",
  "field",
  "filter",
  "over",
  "type",
  "map",
  "struct",
  "merge",
  "all",
  "any",
  "exists",
  "values",
  "like",
  "ago",
  "as",
]);

/** Reads one body: its calls to project functions and its library calls with an effect. */
export function scan(body: Expression, caller: FunctionId, path: string, context: ScanContext): Scanned {
  const calls: CallSite[] = [];
  const effects: DirectEffect[] = [];
  const deferredSpans: Span[] = [];
  const querySpans: Span[] = [];
  const record = (callee: Callee, span: Span): void => {
    const deferred = deferredSpans.some((outer) => contains(outer, span));
    if (callee.id !== null) {
      calls.push({ caller, callee: callee.id, path, span, deferred });
      return;
    }
    for (const effect of new Set(context.effectsOf(callee))) {
      effects.push({ effect, call: displayName(callee), path, span, deferred });
    }
  };
  walk(body, (expression) => {
    if (expression.kind === "capture") record(captured(context.resolver, expression), expression.span);
    if (expression.kind !== "call") return;
    const callee = context.resolver.call(expression);
    if (callee === null) return;
    if (callee.local && queryWords.has(callee.function) && querySpans.some((outer) => contains(outer, expression.span))) return;
    if (callee.modules.includes("Ecto.Query")) querySpans.push(expression.span);
    record(callee, expression.segment);
    if (context.isDeferring(callee)) deferredSpans.push(...expression.arguments.filter(isDelayed).map((argument) => argument.span));
    const spread = appliedBy(expression, context.resolver);
    if (spread !== null) record(spread, expression.segment);
    for (const id of renderedBy(expression, context)) calls.push({ caller, callee: id, path, span: expression.segment, deferred: false });
  });
  return { calls, effects };
}

function isDelayed(argument: Expression): boolean {
  return argument.kind === "lambda" || argument.kind === "capture";
}

/** `apply(Module, :name, [a, b])`, `Task.start(Module, :name, [a])`: the three neighbours name a function. */
function appliedBy(call: Call, resolver: Resolver): Callee | null {
  for (const [position, argument] of call.arguments.entries()) {
    const module = moduleNameOf(argument);
    const name = atomOf(call.arguments[position + 1]);
    const given = call.arguments[position + 2];
    if (module !== null && name !== null && given?.kind === "list") return resolver.named(module, name, given.elements.length);
  }
  return null;
}

function displayName(callee: Callee): string {
  const name = `${callee.function}/${String(callee.arity)}`;
  return callee.local ? name : `${callee.modules[0] ?? ""}.${name}`;
}
