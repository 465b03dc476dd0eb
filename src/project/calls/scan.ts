import type { FunctionClause } from "../../model/facts.js";
import type { BodyOutline, Outline, OutlinedCall } from "../../model/outline.js";
import type { CallSite, DirectEffect, FunctionId } from "../../model/project.js";
import { contains, type Span } from "../../model/span.js";
import type { Meaning } from "./meaning.js";
import { liveComponentsBy, renderedBy, rendersComponent } from "./rendered.js";
import type { Callee, Resolver } from "./resolve.js";

/** What is known while the code of one module is read. */
export interface ScanContext {
  readonly resolver: Resolver;
  readonly meaningOf: (callee: Callee) => Meaning;
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

/** Functions of the project that a module's body calls; some may come twice. */
export function calledInBody(outline: BodyOutline, owner: string, path: string, context: ScanContext): FunctionId[] {
  const plain: FunctionId[] = [];
  const further: OutlinedCall[] = [];
  for (const call of outline.distinct) {
    const id = context.resolver.call(call, null)?.id ?? null;
    // Whether such a word calls anything depends on where it stands, so that every one of them counts.
    if (id !== null && call.module === null && queryWords.has(call.function))
      return calleesIn(outline, owner, path, context, outline.calls);
    if (call.details !== null || rendersComponent(call)) further.push(call);
    else if (id !== null) plain.push(id);
  }
  return [...plain, ...calleesIn(outline, owner, path, context, further)];
}

function calleesIn(outline: Outline, owner: string, path: string, context: ScanContext, calls: Outline["calls"]): FunctionId[] {
  return scan(outline, owner, path, context, null, calls).calls.map(({ callee }) => callee);
}

/** Reads one piece of code: its calls to project functions and its library calls with an effect. */
export function scan(
  outline: Outline,
  caller: FunctionId,
  path: string,
  context: ScanContext,
  clause: FunctionClause | null = null,
  written = outline.calls,
): Scanned {
  if (written.length === 0) return callsNothing;
  const calls: CallSite[] = [];
  const effects: DirectEffect[] = [];
  const deferredSpans: Span[] = [];
  const querySpans: Span[] = [];
  const record = (callee: Callee, span: Span): void => {
    const deferred = isInside(deferredSpans, span);
    if (callee.id !== null) {
      calls.push({ caller, callee: callee.id, path, span, deferred });
      return;
    }
    for (const effect of context.meaningOf(callee).effects) effects.push({ effect, call: displayName(callee), path, span, deferred });
  };
  for (const call of written) {
    const { span, details } = call;
    if (rendersComponent(call)) {
      for (const id of liveComponentsBy(call, outline, context)) calls.push({ caller, callee: id, path, span, deferred: false });
    }
    const callee = context.resolver.call(call, clause);
    if (callee === null) continue;
    const meaning = context.meaningOf(callee);
    if (meaning.silent && details === null) continue;
    if (callee.local && isInside(querySpans, span) && queryWords.has(callee.function)) continue;
    if (meaning.query && call.kind === "call") querySpans.push(span); // what is piped into a query is no part of it
    if (!meaning.silent) record(callee, span);
    if (details === null) continue;
    if (meaning.deferring) deferredSpans.push(...details.delayed);
    const spread = spreadOver(call, context.resolver);
    if (spread !== null) record(spread, span);
    for (const id of renderedBy(call, context)) calls.push({ caller, callee: id, path, span, deferred: false });
  }
  return { calls, effects };
}

const callsNothing: Scanned = { calls: [], effects: [] };

function isInside(spans: readonly Span[], inner: Span): boolean {
  for (const outer of spans) if (contains(outer, inner)) return true;
  return false;
}

/** `apply(Module, :name, [a, b])`, `Task.start(Module, :name, [a])`: the three neighbours name a function. `Ecto.Multi.run` puts the repository and the changes so far in front. */
function spreadOver({ details, module, function: name }: OutlinedCall, resolver: Resolver): Callee | null {
  const applied = details?.applied ?? null;
  const added = module === "Ecto.Multi" && name === "run" ? 2 : 0;
  return applied === null ? null : resolver.named(applied.module, applied.function, applied.arity + added);
}

function displayName(callee: Callee): string {
  const name = `${callee.function}/${String(callee.arity)}`;
  return callee.local ? name : `${callee.modules[0] ?? ""}.${name}`;
}
