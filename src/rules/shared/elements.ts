import type { Call, Capture, Expression } from "../../model/expression.js";
import type { Effect, Project } from "../../model/project.js";
import { outlineOfClause } from "../../model/outline.js";
import { contains, type Span } from "../../model/span.js";
import { collect, walk } from "../../model/walk.js";
import { effectsOf, effectsWithin, type EffectSite } from "../../project/effects-of.js";
import { loopsIn, mayLoop, type LoopSite } from "../../project/loops-in.js";
import type { Clue } from "../define.js";
import type { Definition } from "./definitions.js";
import { callsPerElement } from "./called-per-element.js";
import { happensIn } from "./reached-clauses.js";
import { isShort } from "./short-lists.js";
import { written } from "./written.js";

/** Code that runs once per element, and what it does each time; what an inner loop does is left to that one. */
export interface ElementWork {
  /** `for`, `Enum.map`, `render_many`, `field :votes`. */
  readonly how: string;
  /** What is gone through, as short code. */
  readonly over: string;
  /** The word that says loop, and what it says. */
  readonly clue: Clue;
  /** The loop itself when it stands around the sites. */
  readonly loop: LoopSite | null;
  readonly sites: readonly ElementSite[];
}

/** An effect that happens once per element, and the call that has it. */
export interface ElementSite extends EffectSite {
  readonly expression: Call | Capture;
}

/** Everything a definition does per element: in its loops over more than a few written-down values, and by being called per element itself. Nothing unless `effect` is among what it does. */
export function elementWork(definition: Definition, project: Project, effect: Effect): ElementWork[] {
  if (!effectsOf(project, definition.id).has(effect)) return [];
  const loops = mayLoop(outlineOfClause(definition.clause)) ? loopsIn(definition.body).filter((loop) => loop.body !== loop.expression) : [];
  if (loops.length === 0 && callsPerElement(project, definition).length === 0) return [];
  return [...calledPerElement(definition, loops, project), ...loops.flatMap((loop) => workOf(loop, loops, definition, project))];
}

function workOf(loop: LoopSite, loops: readonly LoopSite[], definition: Definition, project: Project): ElementWork[] {
  if (loop.batched || isShort(loop.source, definition, project)) return [];
  const parts = [loop.body, ...loop.others];
  const inner = loops.filter((other) => other !== loop && parts.some((part) => contains(part.span, other.expression.span)));
  const sites = sitesIn(parts, inner, boundIn(loop), definition, project);
  if (sites.length === 0) return [];
  const over = written(loopedOver(loop));
  const at = { path: definition.function.path, span: loop.nameSpan };
  return [{ how: loopName(loop), over, clue: { at, note: `runs once per element of ${over}` }, loop, sites }];
}

/** A view clause rendered by `render_many`, a resolver of a field of a listed object. */
function calledPerElement(definition: Definition, loops: readonly LoopSite[], project: Project): ElementWork[] {
  const caller = callsPerElement(project, definition)[0];
  if (caller === undefined) return [];
  const bound = new Set(definition.clause.parameters.flatMap(variablesOf));
  bindInside(definition.body, bound);
  const sites = sitesIn([definition.body], loops, bound, definition, project);
  return sites.length === 0 ? [] : [{ how: caller.how, over: caller.over, clue: caller.clue, loop: null, sites }];
}

function sitesIn(
  parts: readonly Expression[],
  inner: readonly LoopSite[],
  bound: ReadonlySet<string> | null,
  definition: Definition,
  project: Project,
): ElementSite[] {
  const elsewhere = inner.flatMap((other) => [other.body, ...other.others]);
  return parts.flatMap((part) =>
    effectsWithin(project, definition.id, part.span).flatMap((site): ElementSite[] => {
      if (site.deferred || elsewhere.some((other) => contains(other.span, site.span))) return [];
      const expression = callAt(part, site.span);
      if (expression === null || !dependsOn(expression, bound)) return [];
      return happensIn(project, site, expression) && !takesKeys(expression, bound) ? [{ ...site, expression }] : [];
    }),
  );
}

/** Names that may differ from element to element: those bound by the loop and inside it. Null when the body is a capture, which takes the element itself. */
function boundIn(loop: LoopSite): ReadonlySet<string> | null {
  if (loop.body.kind === "capture" || loop.patterns.length === 0) return null;
  const names = new Set(loop.patterns.flatMap(variablesOf));
  bindInside(loop.body, names);
  return names;
}

function variablesOf(pattern: Expression): string[] {
  return collect(pattern, "variable").map((variable) => variable.name);
}

function bindInside(body: Expression, names: Set<string>): void {
  const bind = (pattern: Expression | null): void => {
    if (pattern !== null) for (const name of variablesOf(pattern)) names.add(name);
  };
  walk(body, (expression) => {
    if (expression.kind === "match") bind(expression.pattern);
    if (expression.kind === "branch") for (const step of expression.steps) bind(step.pattern);
    if (expression.kind === "branch" || expression.kind === "lambda") {
      for (const clause of expression.clauses) for (const pattern of clause.patterns) bind(pattern);
    }
  });
}

function dependsOn(expression: Call | Capture, bound: ReadonlySet<string> | null): boolean {
  if (bound === null || expression.kind === "capture") return true;
  const given = [...expression.arguments, ...(expression.subject === null ? [] : [expression.subject])];
  return given.some((argument) => collect(argument, "variable").some((variable) => bound.has(variable.name)));
}

/** The element is a group that brings the keys of its members (`{type, ids}`): its one query loads them all. */
function takesKeys(expression: Call | Capture, bound: ReadonlySet<string> | null): boolean {
  if (bound === null || expression.kind === "capture") return false;
  return expression.arguments.some((argument) =>
    collect(argument, "variable").some((variable) => bound.has(variable.name) && /(^|_)ids$/.test(variable.name)),
  );
}

function callAt(root: Expression, span: Span): Call | Capture | null {
  let found: Call | Capture | null = null;
  walk(root, (expression) => {
    if (found !== null) return false;
    const own = expression.kind === "call" ? expression.segment : expression.kind === "capture" ? expression.span : null;
    if (own?.start === span.start && own.end === span.end && (expression.kind === "call" || expression.kind === "capture"))
      found = expression;
    return;
  });
  return found;
}

function loopName({ expression }: LoopSite): string {
  if (expression.kind === "loop") return "for";
  return expression.module === null ? expression.function : `${expression.module}.${expression.function}`;
}

/** What is looped over, without the Enum and Stream calls that only shape it. */
function loopedOver({ source }: LoopSite): Expression | null {
  let current = source;
  while (current?.kind === "call" && (current.module === "Enum" || current.module === "Stream")) current = current.arguments[0] ?? null;
  return current;
}
