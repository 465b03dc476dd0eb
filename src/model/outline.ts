import type { Call, Capture, Expression, Literal } from "./expression.js";
import type { Facts, FunctionClause, ModuleFacts } from "./facts.js";
import type { Span } from "./span.js";
import { walk } from "./walk.js";

/** The calls and names in a piece of code, in source order: enough to follow calls and to tell where reading the code itself is worth it. */
export interface Outline {
  readonly calls: readonly OutlinedCall[];
  /** Modules used as values; those in a clause's parameters left out. */
  readonly modules: readonly { readonly name: string; readonly span: Span }[];
  /** Structs built or matched, and modules matched in a clause's parameters; names may repeat. */
  readonly structs: readonly string[];
  /** String literals that are no prose: long and without blanks, URLs, keys. */
  readonly strings: readonly string[];
  /** Whether a comprehension is in it. */
  readonly comprehension: boolean;
  /** Whether a `try` is in it, or a body with `rescue`, `catch` or `after`. */
  readonly attempt: boolean;
  /** Whether a text or an atom with interpolated values is in it. */
  readonly interpolation: boolean;
  /** False for a function's head without a body. */
  readonly hasBody: boolean;
}

/** The outline of a module's body. A test file has thousands of calls in it, and most questions are answered by a few. */
export interface BodyOutline extends Outline {
  /** The calls without those that repeat what an earlier one says about its callee: to be asked before `calls`. */
  readonly distinct: readonly OutlinedCall[];
}

/** A call or capture without its arguments, and what those say about further callees. */
export interface OutlinedCall {
  readonly kind: "call" | "capture";
  readonly module: string | null;
  readonly function: string;
  readonly arity: number;
  /** The call's `segment`, the capture's `span`. */
  readonly span: Span;
  /** Where it begins when a piped first argument is counted in. */
  readonly start: number;
  /** A `do` block or clauses follow. */
  readonly block: boolean;
  readonly details: CallDetails | null;
}

/** What few calls have. */
export interface CallDetails {
  readonly receiver: Receiver | null;
  /** Spans of lambdas and captures given. */
  readonly delayed: readonly Span[];
  /** Three neighbouring arguments `Module, :name, [a, b]`. */
  readonly applied: { readonly module: string; readonly function: string; readonly arity: number } | null;
  /** Of `render…`: the first literal given that may name a template, and the module in front of it. */
  readonly template: { readonly literal: Literal; readonly view: string | null } | null;
  /** Of `start…`: the module given first. */
  readonly started: string | null;
}

/** What a call on a value is made on, as far as a name tells. */
export interface Receiver {
  readonly kind: "variable" | "attribute" | "call" | "other";
  readonly name: string;
}

/** What remembered code gives its outline by, so that it is not read from the code itself. */
export const rememberedOutline: unique symbol = Symbol("outline");

const known = new WeakMap<object, Outline | (() => Outline)>();
const knownBodies = new WeakMap<ModuleFacts, BodyOutline>();

/** Parameters and body of a clause, guards left out. */
export function outlineOfClause(clause: FunctionClause): Outline {
  return outlineOf(clause, () => {
    const given = outlineOfExpressions(clause.parameters);
    const body = outlineOfExpressions(clause.body === null ? [] : [clause.body]);
    return {
      calls: [...given.calls, ...body.calls],
      modules: body.modules,
      structs: [...given.structs, ...given.modules.map(({ name }) => name), ...body.structs],
      strings: [...given.strings, ...body.strings],
      comprehension: given.comprehension || body.comprehension,
      attempt: given.attempt || body.attempt,
      interpolation: given.interpolation || body.interpolation,
      hasBody: clause.body !== null,
    };
  });
}

/** Calls written directly in a module's body. */
export function outlineOfBody(module: ModuleFacts & { readonly [rememberedOutline]?: () => BodyOutline }): BodyOutline {
  const earlier = module[rememberedOutline]?.() ?? knownBodies.get(module);
  if (earlier !== undefined) return earlier;
  const outline = outlineOfExpressions(module.body);
  const made = { ...outline, distinct: distinctOf(outline.calls) };
  knownBodies.set(module, made);
  return made;
}

/** Code outside any module: scripts, configuration, a template's markup. */
export function outlineOfTopLevel(facts: Facts): Outline {
  return outlineOf(facts, () => outlineOfExpressions(facts.topLevel));
}

/** Says what the outline of a clause is, so that it is not read from the code. */
export function rememberOutline(code: FunctionClause, give: () => Outline): void {
  known.set(code, give);
}

function outlineOf(code: object & { readonly [rememberedOutline]?: () => Outline }, read: () => Outline): Outline {
  const remembered = code[rememberedOutline]?.();
  if (remembered !== undefined) return remembered;
  const earlier = known.get(code);
  if (typeof earlier === "object") return earlier;
  const outline = (earlier ?? read)();
  known.set(code, outline);
  return outline;
}

function outlineOfExpressions(parts: readonly Expression[]): Outline {
  const calls: OutlinedCall[] = [];
  const modules: { name: string; span: Span }[] = [];
  const structs: string[] = [];
  const strings: string[] = [];
  let [comprehension, attempt, interpolation] = [false, false, false];
  for (const part of parts) {
    walk(part, (expression) => {
      if (expression.kind === "call") calls.push(outlinedCall(expression));
      else if (expression.kind === "capture") calls.push(outlinedCapture(expression));
      else if (expression.kind === "module") modules.push({ name: expression.name, span: expression.span });
      else if (expression.kind === "map" && expression.struct !== null) structs.push(expression.struct);
      else if (expression.kind === "literal" && expression.type === "string" && isNoProse(expression.value)) strings.push(expression.value);
      else if (expression.kind === "loop") comprehension = true;
      else if (expression.kind === "interpolation") interpolation = true;
      else if (expression.kind === "branch") attempt ||= expression.form === "try";
    });
  }
  return { calls, modules, structs, strings, comprehension, attempt, interpolation, hasBody: true };
}

function distinctOf(calls: readonly OutlinedCall[]): OutlinedCall[] {
  const seen = new Set<string>();
  return calls.filter((call) => {
    if (saysMore(call)) return true;
    const key = `${call.kind} ${call.module ?? ""} ${call.function}/${call.arity} ${call.block}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** What it reaches is not told by its name alone. */
function saysMore({ function: name, details }: OutlinedCall): boolean {
  if (name === "live_component") return true;
  return details !== null && (details.receiver ?? details.applied ?? details.template ?? details.started) !== null;
}

function isNoProse(value: string): boolean {
  return (value.length >= 12 && !/\s/.test(value)) || value.includes("://") || value.includes("-----BEGIN");
}

function outlinedCapture({ module, function: name, arity, span }: Capture): OutlinedCall {
  return { kind: "capture", module, function: name, arity, span, start: span.start, block: false, details: null };
}

function outlinedCall(call: Call): OutlinedCall {
  const { module, function: name, arguments: given, segment: span } = call;
  const block = call.block !== null || call.clauses.length > 0;
  return { kind: "call", module, function: name, arity: given.length, span, start: call.span.start, block, details: detailsOf(call) };
}

function detailsOf({ subject, function: name, arguments: given }: Call): CallDetails | null {
  const receiver = subject === null ? null : receiverOf(subject);
  const delayed = given.flatMap((argument) => (argument.kind === "lambda" || argument.kind === "capture" ? [argument.span] : []));
  const applied = given.length < 3 ? null : appliedIn(given);
  const template = name.startsWith("render") ? templateIn(given) : null;
  const started = name.startsWith("start") ? moduleNamed(given[0]) : null;
  const says = receiver !== null || delayed.length > 0 || applied !== null || template !== null || started !== null;
  return says ? { receiver, delayed, applied, template, started } : null;
}

function receiverOf(subject: Expression): Receiver {
  if (subject.kind === "variable" || subject.kind === "attribute") return { kind: subject.kind, name: subject.name };
  const plain = subject.kind === "call" && subject.module === null && subject.arguments.length === 0;
  return plain ? { kind: "call", name: subject.function } : { kind: "other", name: "" };
}

function appliedIn(given: readonly Expression[]): CallDetails["applied"] {
  for (const [position, argument] of given.entries()) {
    const name = given[position + 1];
    const list = given[position + 2];
    if (argument.kind !== "module" || name?.kind !== "literal" || name.type !== "atom" || list?.kind !== "list") continue;
    return { module: argument.name, function: name.value, arity: list.elements.length };
  }
  return null;
}

const naming: readonly Literal["type"][] = ["string", "charlist", "sigil", "atom"];

function templateIn(given: readonly Expression[]): CallDetails["template"] {
  const position = given.findIndex((argument) => argument.kind === "literal" && naming.includes(argument.type));
  const literal = given[position];
  return literal?.kind === "literal" ? { literal, view: moduleNamed(given[position - 1]) } : null;
}

function moduleNamed(expression: Expression | undefined): string | null {
  return expression?.kind === "module" ? expression.name : null;
}
