import type { Call, Capture, Expression } from "../../model/expression.js";
import type { FunctionClause } from "../../model/facts.js";
import type { FunctionId, Project } from "../../model/project.js";
import { contains, type Span } from "../../model/span.js";
import { collect, walk } from "../../model/walk.js";
import { effectsWithin, type EffectSite } from "../../project/effects-of.js";
import { loopsIn, type LoopSite } from "../../project/loops-in.js";
import { elementsOf, stringOf } from "../../project/values.js";
import type { Definition } from "./definitions.js";

/** A loop, and the calls it makes for each of its elements, inner loops' calls left to those. */
export interface ElementWork {
  readonly loop: LoopSite;
  readonly sites: readonly ElementSite[];
}

/** An effect that happens once per element, and the call that has it. */
export interface ElementSite extends EffectSite {
  readonly expression: Call | Capture;
}

const mostLiteral = 12;

/** Loops of a definition over more than a few written-down values, with the effects each element has. */
export function elementWork(definition: Definition, project: Project): ElementWork[] {
  const loops = loopsIn(definition.body);
  return loops.flatMap((loop) => {
    if (loop.batched || isShort(loop.source, definition, project)) return [];
    const inner = loops.filter((other) => other !== loop && contains(loop.expression.span, other.expression.span));
    const parts = [loop.body, ...loop.others];
    const innerParts = inner
      .filter((other) => parts.some((part) => contains(part.span, other.expression.span)))
      .flatMap((other) => [other.body, ...other.others]);
    const bound = boundIn(loop);
    const sites = parts.flatMap((part) =>
      effectsWithin(project, definition.id, part.span).flatMap((site): ElementSite[] => {
        if (site.deferred || innerParts.some((other) => contains(other.span, site.span))) return [];
        const expression = callAt(part, site.span);
        if (expression === null || !dependsOn(expression, bound)) return [];
        return happensIn(project, site, expression) && !takesKeys(expression, bound) ? [{ ...site, expression }] : [];
      }),
    );
    return sites.length === 0 ? [] : [{ loop, sites }];
  });
}

/** A handful of values that stand in the source, directly or in a module attribute. */
function isShort(source: Expression | null, definition: Definition, project: Project): boolean {
  if (source === null) return false;
  if (source.kind === "attribute") {
    const attributes = project.modules.get(definition.function.module)?.facts.attributes ?? [];
    const value = attributes.find((attribute) => attribute.name === source.name)?.value ?? null;
    return value !== null && (value.kind === "list" || value.kind === "keyword" || value.kind === "map" || value.kind === "literal");
  }
  if (source.kind === "list") return source.tail === null && source.elements.length <= mostLiteral;
  if (source.kind === "literal") return elementsOf(source).length <= mostLiteral;
  if (source.kind === "keyword" || source.kind === "map") return source.entries.length <= mostLiteral;
  if (source.kind === "tuple") return true;
  if (source.kind === "operator" && (source.operator === ".." || source.operator === "..//")) {
    return source.operands.every((operand) => operand.kind === "literal" && Number(operand.value) <= mostLiteral);
  }
  if (source.kind === "call" && /^(Enum|Stream|List|Map|Keyword)$/.test(source.module ?? "")) {
    return isShort(source.arguments[0] ?? null, definition, project);
  }
  return false;
}

/** Names that may differ from element to element: those bound by the loop and inside it. Null when the body is a capture, which takes the element itself. */
function boundIn(loop: LoopSite): ReadonlySet<string> | null {
  if (loop.body.kind === "capture" || loop.patterns.length === 0) return null;
  const names = new Set(loop.patterns.flatMap((pattern) => collect(pattern, "variable").map((variable) => variable.name)));
  walk(loop.body, (expression) => {
    if (expression.kind === "match") for (const { name } of collect(expression.pattern, "variable")) names.add(name);
    if (expression.kind === "branch") {
      for (const step of expression.steps)
        if (step.pattern !== null) for (const { name } of collect(step.pattern, "variable")) names.add(name);
    }
    if (expression.kind === "branch" || expression.kind === "lambda") {
      for (const clause of expression.clauses)
        for (const pattern of clause.patterns) for (const { name } of collect(pattern, "variable")) names.add(name);
    }
  });
  return names;
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

/** Whether a clause that these arguments can reach has the effect: `render("small.json", …)` does not run the clause for `"full.json"`. */
function happensIn(project: Project, site: EffectSite, expression: Call | Capture): boolean {
  if (site.callee === null || expression.kind === "capture") return true;
  const clauses = project.functions.get(site.callee)?.facts.clauses ?? [];
  if (clauses.length < 2) return true;
  const given = templateArguments(expression);
  const reachable = clauses.filter((clause) => mayMatch(clause, given));
  if (reachable.length === clauses.length) return true;
  return reachable.some((clause) => has(project, site.callee ?? "", clause, site));
}

function has(project: Project, id: FunctionId, clause: FunctionClause, site: EffectSite): boolean {
  return effectsWithin(project, id, clause.span).some((effect) => effect.effect === site.effect);
}

/** What a call gives its function; `render_many(posts, PostView, "post.json")` gives the template first. */
function templateArguments(call: Call): readonly Expression[] {
  if (!/^render_(many|one)$/.test(call.function)) return call.arguments;
  return call.arguments.filter((argument) => stringOf(argument) !== null).slice(0, 1);
}

function mayMatch(clause: FunctionClause, given: readonly Expression[]): boolean {
  return clause.parameters.every((parameter, position) => {
    const argument = given[position];
    if (argument?.kind !== "literal" || parameter.kind !== "literal") return true;
    return argument.value === parameter.value;
  });
}

/** What the loop is called: `for`, `Enum.map`. */
export function loopName({ expression }: LoopSite): string {
  if (expression.kind === "loop") return "for";
  return expression.module === null ? expression.function : `${expression.module}.${expression.function}`;
}

/** What is looped over, without the Enum and Stream calls that only shape it. */
export function loopedOver({ source }: LoopSite): Expression | null {
  let current = source;
  while (current?.kind === "call" && (current.module === "Enum" || current.module === "Stream")) current = current.arguments[0] ?? null;
  return current;
}
