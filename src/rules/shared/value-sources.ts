import type { Branch, Call, Expression } from "../../model/expression.js";
import type { CallSite, Project, ProjectFunction } from "../../model/project.js";
import { contains } from "../../model/span.js";
import { collect, walk } from "../../model/walk.js";
import { callersOf } from "../../project/callers-of.js";
import { roleOf } from "../../project/role-of.js";
import { findFunction } from "../../project/find-function.js";
import type { Definition } from "./definitions.js";

/** Whether a pattern gives a name its value. */
function binds(pattern: Expression, name: string): boolean {
  return collect(pattern, "variable").some((variable) => variable.name === name && !variable.pinned);
}

/** What a name was last matched to before an offset; null when it was not. */
export function boundBefore(name: string, before: number, body: Expression): Expression | null {
  let bound: Expression | null = null;
  walk(body, (expression) => {
    const isUse = contains(expression.span, { start: before, end: before });
    if (expression.kind === "match" && expression.span.start < before && !isUse && binds(expression.pattern, name))
      bound = expression.value;
  });
  return bound;
}

/** What a comprehension or Enum lambda takes the name's values from. */
export function loopSource(name: string, body: Expression): Expression | null {
  let source: Expression | null = null;
  walk(body, (expression) => {
    if (expression.kind === "loop") {
      for (const generator of expression.generators) if (binds(generator.pattern, name)) source = generator.source;
    }
    if (expression.kind === "call" && /^(Enum|Stream)$/.test(expression.module ?? "")) {
      const lambda = expression.arguments.find((argument) => argument.kind === "lambda");
      const takes = lambda?.kind === "lambda" && lambda.clauses.some((clause) => clause.patterns.some((pattern) => binds(pattern, name)));
      if (takes) source = expression.arguments[0] ?? null;
    }
  });
  return source;
}

/** `when name in […]`, `when is_integer(name)`: the clause takes nothing dangerous. */
export function isGuarded(name: string, definition: Definition): boolean {
  const guard = definition.clause.guard;
  if (guard === null) return false;
  const isAbout = (part: Expression): boolean => collect(part, "variable").some((variable) => variable.name === name);
  const byMembership = collect(guard, "operator").some((operator) => operator.operator === "in" && isAbout(operator));
  return (
    byMembership || collect(guard, "call").some((call) => /^is_(integer|float|number|atom|boolean)$/.test(call.function) && isAbout(call))
  );
}

const checking = /valid|allow|permit|known|safe|member\?|check|verify|authori/i;

/** `if valid?(name), do: name`: the branch gives back what its own condition looked at. */
export function givesBackChecked(branch: Branch, body: Expression): boolean {
  return body.kind === "variable" && branch.form === "if" && branch.subject !== null && looksAt(branch.subject, body.name);
}

/** The use stands inside an `if`, `cond` or `with` that looked at the value first. */
export function isCheckedAround(name: string, at: number, { body, function: entry }: Definition, project: Project): boolean {
  const trusts = (call: Call): boolean =>
    !isPermissive(findFunction(project, call.module ?? entry.module, call.function, call.arguments.length));
  return collect(body, "branch").some((branch) => {
    if (at < branch.span.start || at >= branch.span.end) return false;
    return [branch.subject, ...branch.steps.map((step) => step.value)].some(
      (part) => part !== null && part.span.end <= at && looksAt(part, name, trusts),
    );
  });
}

/** A check of the project that matches regular expressions alone, none of which keeps out what SQL would read. */
function isPermissive(check: ProjectFunction | null): boolean {
  const bodies = check?.facts.clauses.flatMap(({ body }) => (body === null ? [] : [body])) ?? [];
  const patterns = bodies.flatMap((body) => collect(body, "literal")).filter(({ type, value }) => type === "sigil" && /^~r/i.test(value));
  const byMembership = bodies.some((body) => collect(body, "operator").some(({ operator }) => operator === "in"));
  return patterns.length > 0 && !byMembership && !patterns.some(({ value }) => isStrictPattern(value));
}

function looksAt(condition: Expression, name: string, trusts: (call: Call) => boolean = () => true): boolean {
  const mentions = (part: Expression): boolean => collect(part, "variable").some((variable) => variable.name === name);
  const byMembership = collect(condition, "operator").some((operator) => operator.operator === "in" && mentions(operator));
  return (
    byMembership ||
    collect(condition, "call").some((call) => checking.test(call.function) && mentions(call) && trusts(call)) ||
    isMatchedStrictly(condition, mentions)
  );
}

/** `value =~ ~r/^[a-z_]+$/`, `Regex.match?(~r/…/, value)`, when the expression lets nothing through that SQL would read. */
function isMatchedStrictly(condition: Expression, mentions: (part: Expression) => boolean): boolean {
  const asked = [
    ...collect(condition, "operator").filter(({ operator }) => operator === "=~"),
    ...collect(condition, "call").filter(({ function: name }) => /^(match\?|run)$/.test(name)),
  ];
  return asked.some(
    (part) => mentions(part) && collect(part, "literal").some(({ type, value }) => type === "sigil" && isStrictPattern(value)),
  );
}

/** Anchored at both ends, every character named, and none of them a quote, a blank, a bracket or a semicolon. */
export function isStrictPattern(sigil: string): boolean {
  const pattern = /^~[rR](?:\/([\s\S]*)\/|[{[("'|<]([\s\S]*)[}\])"'|>])[a-z]*$/.exec(sigil);
  const inner = /^(?:\^|\\A)([\s\S]*?)(?:\$|\\[zZ])$/.exec(pattern?.[1] ?? pattern?.[2] ?? "")?.[1];
  if (inner === undefined || inner.includes("|")) return false;
  const named = inner.replace(/\[[^\]^]*\]/g, (set) => (/['"`;\s()]|\\s|\\S|\\W|\\D/.test(set) ? "!" : "")).replace(/\\[wd]/g, "");
  return /^[\w{},+*?\\.()-]*$/.test(named) && !/(?<!\\)\./.test(named) && !named.includes("!");
}

/** Position of the parameter that binds a name; -1 when none does. */
export function parameterOf(name: string, definition: Definition): number {
  return definition.clause.parameters.findIndex((parameter) => binds(parameter, name));
}

/** Whether a name is taken out of what a client sends: the parameters of an action, an event, a message of a channel. */
export function isRequestParameter(name: string, definition: Definition, project: Project): boolean {
  const { facts, module } = definition.function;
  const position = parameterOf(name, definition);
  if (position === -1) return false;
  const eventPosition: Readonly<Record<string, number>> = { handle_event: 1, handle_in: 1, handle_params: 0 };
  if (eventPosition[facts.name] === position) return /^(live_view|live_component|channel)$/.test(roleOf(project, module) ?? "");
  const isWeb = /Controller|Live|Channel|Plug/.test(module);
  return (/Controller(\.|$)/.test(module) && facts.arity === 2 && position === 1) || (isWeb && /^_?(params|conn|socket|args)$/.test(name));
}

/** An expression and the code it stands in. */
export interface Placed {
  readonly expression: Expression;
  readonly definition: Definition;
}

const mostCallers = 20;

/** What every production caller gives for a parameter's name; null when that can't be told. */
export function givenByCallers(name: string, definition: Definition, project: Project): Placed[] | null {
  const sites = callersOf(project, definition.id).filter((site) => !/(^|\/)test\//.test(site.path));
  if (sites.length === 0 || sites.length > mostCallers) return null;
  const given = sites.map((site) => givenAt(site, name, definition, project));
  return given.every((placed) => placed !== null) ? given.flat() : null;
}

function givenAt(site: CallSite, name: string, callee: Definition, project: Project): Placed[] | null {
  const entry = project.functions.get(site.caller);
  const clause = entry?.facts.clauses.find((candidate) => contains(candidate.span, site.span));
  if (entry === undefined || clause?.body === undefined || clause.body === null) return null;
  const definition: Definition = { id: site.caller, function: entry, clause, body: clause.body };
  const source = sourceOfCapture(site, clause.body);
  if (source !== null) return parameterOf(name, callee) === 0 ? [{ expression: source, definition }] : null;
  const call = collect(clause.body, "call").find(
    (candidate) => candidate.segment.start === site.span.start && candidate.function === callee.function.facts.name,
  );
  if (call === undefined) return null;
  const position = parameterOf(name, callee);
  const pattern = callee.clause.parameters[position];
  const argument = call.arguments[position];
  // A default was left to stand: it is written in the source.
  if (argument === undefined || pattern === undefined) return [];
  const part = boundPart(pattern, argument, name);
  return part === null ? null : [{ expression: part, definition }];
}

/** The list in `Enum.map(list, &function/1)`, for the site of the capture. */
function sourceOfCapture({ span }: CallSite, body: Expression): Expression | null {
  const call = collect(body, "call").find(
    ({ module, arguments: given }) =>
      /^(Enum|Stream)$/.test(module ?? "") && given.some((argument) => argument.kind === "capture" && argument.span.start === span.start),
  );
  return call?.arguments[0] ?? null;
}

/** The part of an argument that a pattern binds to a name; null when the pattern takes it apart at run time. */
function boundPart(pattern: Expression, argument: Expression, name: string): Expression | null {
  if (pattern.kind === "variable") return pattern.name === name ? argument : null;
  if (pattern.kind === "operator" && pattern.operands[0] !== undefined) return boundPart(pattern.operands[0], argument, name);
  if (pattern.kind !== "tuple" || argument.kind !== "tuple") return null;
  for (const [position, element] of pattern.elements.entries()) {
    const given = argument.elements[position];
    const part = given === undefined ? null : boundPart(element, given, name);
    if (part !== null) return part;
  }
  return null;
}
