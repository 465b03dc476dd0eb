import type { Call, Capture, Expression } from "../../model/expression.js";
import type { Effect, FunctionId, Project } from "../../model/project.js";
import { outlineOfClause } from "../../model/outline.js";
import { contains, type Span } from "../../model/span.js";
import { collect, walk } from "../../model/walk.js";
import { effectsOf, effectsWithin, type EffectSite } from "../../project/effects-of.js";
import { loopsIn, mayLoop, type LoopSite } from "../../project/loops-in.js";
import type { Clue } from "../define.js";
import type { Definition } from "./definitions.js";
import { callsPerElement, type ListedLambda } from "./called-per-element.js";
import { listRecursion, type ListRecursion } from "./list-recursion.js";
import { happensIn } from "./reached-clauses.js";
import { isShort } from "./short-lists.js";
import { written } from "./written.js";

/** Code that runs once per element, and what it does each time; what an inner loop does is left to that one. */
export interface ElementWork {
  readonly form: "loop" | "recursion" | "rendered" | "field";
  /** `for`, `Enum.map`, `<.table>`, `recursion`, `render_many`, `field :votes`. */
  readonly how: string;
  /** What is gone through, as short code. */
  readonly over: string;
  /** The word that says loop, and what it says. */
  readonly clue: Clue;
  /** The loop itself when it stands around the sites. */
  readonly loop: LoopSite | null;
  readonly sites: readonly ElementSite[];
  /** It may end before the last element. */
  readonly mayEndEarly: boolean;
}

/** An effect that happens once per element, and the call that has it. */
export interface ElementSite extends EffectSite {
  readonly expression: Call | Capture;
}

/** Everything a definition does per element: in its loops over more than a few written-down values, and by being called per element itself. Nothing unless `effect` is among what it does. */
export function elementWork(definition: Definition, project: Project, effect: Effect): ElementWork[] {
  if (!effectsOf(project, definition.id).has(effect)) return [];
  const loops = mayLoop(outlineOfClause(definition.clause)) ? loopsIn(definition.body).filter((loop) => loop.body !== loop.expression) : [];
  const recursion = listRecursion(definition, project);
  if (loops.length === 0 && recursion === null && callsPerElement(project, definition).length === 0) return [];
  return [
    ...calledPerElement(definition, loops, project),
    ...(recursion === null ? [] : recursiveWork(recursion, loops, definition, project)),
    ...loops.flatMap((loop) => workOf(loop, loops, definition, project)),
  ];
}

/** What a resolver written in a GraphQL schema does for every object of a list. */
export function fieldWork(field: ListedLambda, project: Project): ElementWork | null {
  const { body, lambda, name, object, clue } = field;
  const bound = new Set(lambda.clauses.flatMap((clause) => objectNames(clause.patterns)));
  if (bound.size === 0) return null;
  bindInside(lambda, bound);
  const sites = sitesIn([lambda], loopsIn(lambda), bound, body, project);
  return sites.length === 0 ? null : { form: "field", how: `field :${name}`, over: object, clue, loop: null, sites, mayEndEarly: false };
}

function recursiveWork(
  { head, list, calls, unconditional, at }: ListRecursion,
  loops: readonly LoopSite[],
  definition: Definition,
  project: Project,
): ElementWork[] {
  const bound = new Set(head.flatMap(variablesOf));
  bindInside(definition.body, bound);
  const sites = sitesIn([definition.body], loops, bound, definition.id, project).filter(
    (site) => site.callee !== definition.id || !calls.some((call) => call.segment.start === site.span.start),
  );
  if (sites.length === 0) return [];
  const clue = { at, note: "calls itself with the rest of the list" };
  return [{ form: "recursion", how: "recursion", over: written(list), clue, loop: null, sites, mayEndEarly: !unconditional }];
}

function workOf(loop: LoopSite, loops: readonly LoopSite[], definition: Definition, project: Project): ElementWork[] {
  if (loop.batched || isShort(loop.source, definition, project)) return [];
  const parts = [loop.body, ...loop.others];
  const inner = loops.filter((other) => other !== loop && parts.some((part) => contains(part.span, other.expression.span)));
  const sites = sitesIn(parts, inner, boundIn(loop), definition.id, project);
  if (sites.length === 0) return [];
  const over = written(loopedOver(loop));
  const at = { path: definition.function.path, span: loop.nameSpan };
  const clue = { at, note: `runs once per element of ${over}` };
  return [{ form: "loop", how: loopName(loop), over, clue, loop, sites, mayEndEarly: false }];
}

/** A view clause rendered by `render_many`, a resolver of a field of a listed object. */
function calledPerElement(definition: Definition, loops: readonly LoopSite[], project: Project): ElementWork[] {
  const caller = callsPerElement(project, definition)[0];
  if (caller === undefined) return [];
  const { parameters } = definition.clause;
  const bound = new Set(caller.form === "field" ? objectNames(parameters) : parameters.flatMap(variablesOf));
  if (bound.size === 0) return [];
  bindInside(definition.body, bound);
  const sites = sitesIn([definition.body], loops, bound, definition.id, project);
  return sites.length === 0 ? [] : [{ ...caller, loop: null, sites, mayEndEarly: false }];
}

/** What a resolver is given of its object: the first parameter, or `source` of the third. Its arguments are the same for all objects. */
function objectNames([object, , resolution]: readonly Expression[]): string[] {
  const given = [object, resolution === undefined ? undefined : sourceIn(resolution)];
  return given.flatMap((part) => (part === undefined ? [] : variablesOf(part))).filter((name) => !name.startsWith("_"));
}

/** `%{source: %{slug: slug}}`. */
function sourceIn(pattern: Expression): Expression | undefined {
  if (pattern.kind !== "map") return undefined;
  return pattern.entries.find(({ key }) => key.kind === "literal" && key.value === "source")?.value;
}

function sitesIn(
  parts: readonly Expression[],
  inner: readonly LoopSite[],
  bound: ReadonlySet<string> | null,
  id: FunctionId,
  project: Project,
): ElementSite[] {
  const elsewhere = inner.flatMap((other) => [other.body, ...other.others]);
  return parts.flatMap((part) =>
    effectsWithin(project, id, part.span).flatMap((site): ElementSite[] => {
      if (site.deferred || elsewhere.some((other) => contains(other.span, site.span)) || isForOneValue(part, site)) return [];
      const expression = callAt(part, site.span);
      if (expression === null || !dependsOn(expression, bound)) return [];
      return happensIn(project, site, expression) && !takesKeys(expression, bound) ? [{ ...site, expression }] : [];
    }),
  );
}

/** `fn :actor, users -> …; :team, users -> …`: a clause for one written value runs once, not per element. */
function isForOneValue(part: Expression, site: EffectSite): boolean {
  const clauses = part.kind === "lambda" ? part.clauses : [];
  return clauses.length > 1 && clauses.some((clause) => contains(clause.span, site.span) && clause.patterns[0]?.kind === "literal");
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

/** Adds the names that code binds. */
export function bindInside(body: Expression, names: Set<string>): void {
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

/** The word a loop is spoken of by: `for`, `Enum.map`, `<.table>`. */
export function loopName({ expression }: LoopSite): string {
  if (expression.kind === "loop") return "for";
  if (expression.block?.kind === "markup") return `<.${expression.function}>`;
  return expression.module === null ? expression.function : `${expression.module}.${expression.function}`;
}

/** What is looped over, without the Enum and Stream calls that only shape it. */
export function loopedOver({ source }: LoopSite): Expression | null {
  let current = source;
  while (current?.kind === "call" && (current.module === "Enum" || current.module === "Stream")) current = current.arguments[0] ?? null;
  return current;
}
