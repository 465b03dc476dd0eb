import type { Call, Expression, Lambda, Loop } from "../model/expression.js";
import type { Outline, OutlinedCall } from "../model/outline.js";
import type { Span } from "../model/span.js";
import { walk } from "../model/walk.js";
import { optionOf } from "./values.js";

/** One place where code runs once per element, as written. */
export interface LoopSite {
  readonly form: "comprehension" | "enumeration" | "stream" | "tasks" | "template";
  readonly expression: Loop | Call;
  /** What one element is bound to; several when the lambda has several clauses, none for a capture. */
  readonly patterns: readonly Expression[];
  /** What is iterated over; null when it can't be told. */
  readonly source: Expression | null;
  /** The code run per element: a comprehension's body, a lambda's body (the lambda when it has several clauses), a capture. */
  readonly body: Expression;
  /** Code run per element beside the body: further lambdas, comprehension filters and inner generators. */
  readonly others: readonly Expression[];
  /** The elements are batches (`Enum.chunk_every`, `Stream.chunk_every`): one query each is the cure, not the illness. */
  readonly batched: boolean;
  /** The loop without a piped source: what a reader would underline. */
  readonly span: Span;
  /** The word that says loop: `for`, `Enum.map`. */
  readonly nameSpan: Span;
}

/** Every loop under an expression, outer ones first: comprehensions, Enum/Stream/Task.async_stream calls with a lambda or capture, template loops, `render_many`, slots that a component renders per row. */
export function loopsIn(body: Expression): LoopSite[] {
  const sites: LoopSite[] = [];
  let template = body.kind === "markup";
  walk(body, (expression) => {
    if (expression.kind === "markup") template = true;
    const site = loopAt(expression, template);
    if (site !== null) sites.push(site);
  });
  return sites;
}

/** Whether `loopsIn` may find anything in code with this outline. */
export function mayLoop(outline: Outline): boolean {
  return (
    outline.comprehension ||
    outline.calls.some(
      (call) => enumerators.has(call.module ?? "") || call.function === "render_many" || call.function.startsWith(":") || mayLoopOver(call),
    )
  );
}

/** The loop an expression is, or null. `inTemplate` says whether a comprehension belongs to a template. */
export function loopAt(expression: Expression, inTemplate = false): LoopSite | null {
  if (expression.kind === "loop") return comprehension(expression, inTemplate);
  if (expression.kind !== "call") return null;
  if (expression.subject !== null && elementMethods.has(expression.function)) return method(expression, expression.subject);
  if (expression.module === null || expression.module === "Phoenix.View") return renderMany(expression) ?? slotsPerRow(expression);
  return enumeration(expression);
}

function comprehension(loop: Loop, inTemplate: boolean): LoopSite {
  const [first, ...inner] = loop.generators;
  return {
    form: inTemplate ? "template" : "comprehension",
    expression: loop,
    patterns: loop.generators.map((generator) => generator.pattern),
    source: first?.source ?? null,
    body: loop.body,
    others: [...inner.map((generator) => generator.source), ...loop.filters],
    batched: isBatched(first?.source ?? null),
    span: loop.span,
    nameSpan: loop.nameSpan,
  };
}

const enumerators = new Set([
  "Enum",
  "Stream",
  "Flow",
  "Map",
  "MapSet",
  "Keyword",
  "Task",
  "Task.Supervisor",
  "Parallel",
  "ParallelStream",
]);
/** Functions of those modules whose lambda does not run once per element. */
const notPerElement = new Set([
  "resource",
  "unfold",
  "repeatedly",
  "iterate",
  "transform",
  "start",
  "start_link",
  "async",
  "async_nolink",
  "start_child",
  "update",
  "update!",
  "get_and_update",
  "get_and_update!",
  "put_new_lazy",
  "replace_lazy",
  "pop_lazy",
  "get_lazy",
  "merge",
]);

function enumeration(call: Call): LoopSite | null {
  if (!enumerators.has(call.module ?? "") || notPerElement.has(call.function)) return null;
  const [body, ...others] = call.arguments.filter(
    (argument): argument is Lambda => argument.kind === "lambda" || argument.kind === "capture",
  );
  if (body === undefined || call.arguments[0] === body) return null;
  const source = (call.module === "Task.Supervisor" ? call.arguments[1] : call.arguments[0]) ?? null;
  return {
    form: call.module === "Stream" ? "stream" : call.module?.startsWith("Task") === true ? "tasks" : "enumeration",
    expression: call,
    patterns: elementPatterns(body),
    source,
    body: soleBody(body),
    others: others.map(soleBody),
    batched: isBatched(source),
    span: call.segment,
    nameSpan: call.nameSpan,
  };
}

/** `render_many(users, UserView, "user.json")` renders once per element; the call itself stands for its body. */
function renderMany(call: Call): LoopSite | null {
  if (call.function !== "render_many" || call.arguments.length < 2) return null;
  return {
    form: "template",
    expression: call,
    patterns: [],
    source: call.arguments[0] ?? null,
    body: call,
    others: [],
    batched: false,
    span: call.segment,
    nameSpan: call.nameSpan,
  };
}

/** `<.table rows={@posts}>` renders a slot with `:let` once per row: the attribute name is the convention of Phoenix's own components. */
function slotsPerRow(call: Call): LoopSite | null {
  if (call.block?.kind !== "markup") return null;
  const source = optionOf(call, "rows") ?? optionOf(call, "items") ?? optionOf(call, "entries");
  if (source === null) return null;
  const slots = call.block.children.flatMap((slot) => {
    const pattern = slot.kind === "call" && slot.function.startsWith(":") ? optionOf(slot, ":let") : null;
    return slot.kind === "call" && slot.block !== null && pattern !== null ? [{ pattern, body: slot.block }] : [];
  });
  const [first, ...others] = slots;
  if (first === undefined) return null;
  return {
    form: "template",
    expression: call,
    patterns: slots.map((slot) => slot.pattern),
    source,
    body: first.body,
    others: others.map((slot) => slot.body),
    batched: false,
    span: call.segment,
    nameSpan: call.nameSpan,
  };
}

/** Methods of a list, in languages that have them, that run the function they are given once per element. */
const elementMethods = new Set(["forEach", "map", "flatMap", "filter", "some", "every", "find", "findIndex", "reduce"]);

function mayLoopOver({ function: name, details }: OutlinedCall): boolean {
  return elementMethods.has(name) && details !== null && details.receiver !== null && details.delayed.length > 0;
}

/** `posts.map(async (post) => …)`. */
function method(call: Call, source: Expression): LoopSite | null {
  const [body] = call.arguments;
  if (body?.kind !== "lambda") return null;
  return {
    form: "enumeration",
    expression: call,
    patterns: body.clauses.flatMap((clause) => (call.function === "reduce" ? clause.patterns.slice(1, 2) : clause.patterns.slice(0, 1))),
    source,
    body: soleBody(body),
    others: [],
    batched: false,
    span: call.segment,
    nameSpan: call.nameSpan,
  };
}

function elementPatterns(body: Expression): Expression[] {
  if (body.kind !== "lambda") return [];
  return body.clauses.flatMap((clause) => clause.patterns.slice(0, 1));
}

function soleBody(body: Expression): Expression {
  const [only, ...more] = body.kind === "lambda" ? body.clauses : [];
  return only !== undefined && more.length === 0 ? only.body : body;
}

function isBatched(source: Expression | null): boolean {
  for (let current = source; current?.kind === "call"; current = current.arguments[0] ?? null) {
    if (/^chunk_(every|by|while)$/.test(current.function)) return true;
    if (current.function !== "with_index" && current.function !== "to_list") return false;
  }
  return false;
}
