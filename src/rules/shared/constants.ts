import type { Branch, Expression } from "../../model/expression.js";
import type { FunctionId, Project, ProjectFunction } from "../../model/project.js";
import { contains } from "../../model/span.js";
import { collect, walk } from "../../model/walk.js";
import { callersOf } from "../../project/callers-of.js";
import { findFunction } from "../../project/find-function.js";
import type { Definition } from "./definitions.js";

/** Where a piece of text can come from. `fixed`: written in the source or made of numbers. `request`: what a client sent. `unknown`: a value from elsewhere. */
export type Origin = "fixed" | "unknown" | "request";

const depthLimit = 5;
const requestNames = new Set(["params", "conn", "socket", "_params", "args"]);
/** Functions whose result cannot carry SQL, whatever they are given. */
const harmless =
  /^(Integer|Float|Enum\.(count|sum)|length|byte_size|String\.length|System\.(unique_integer|os_time|system_time|monotonic_time)|Date|DateTime|NaiveDateTime|Time|Decimal|round|trunc|div|rem|abs|self|Ecto\.UUID\.(generate|load!?|cast!|dump!)|UUID|Timex|Base|:crypto|:erlang\.phash2|Application\.(get_env|fetch_env!|compile_env!?)|System\.(get_env|fetch_env!)|Keyword\.fetch!|inspect)/;
const quoting = /quote|escape|sanitize|placeholder|identifier|__schema__/i;

/** Judges an expression put into text, following variables, attributes, local functions and callers a few steps. */
export function originOf(expression: Expression, definition: Definition, project: Project, depth = 0): Origin {
  if (depth > depthLimit) return "unknown";
  const worst = (parts: readonly Expression[]): Origin => worstOf(parts.map((part) => originOf(part, definition, project, depth + 1)));
  switch (expression.kind) {
    case "literal":
    case "attribute":
    case "module":
    case "capture":
      return "fixed";
    case "interpolation":
      return worst(expression.parts);
    case "list":
    case "tuple":
      return worst(expression.elements);
    case "operator":
      return /^(<>|\+\+|&&|\|\||or|and)$/.test(expression.operator) ? worst(expression.operands) : "fixed";
    case "block":
      return worst(expression.expressions.slice(-1));
    case "branch":
      return worst(expression.clauses.flatMap((clause) => (checks(expression, clause.body) ? [] : [clause.body])));
    case "lambda":
      return worst(expression.clauses.map((clause) => clause.body));
    case "loop":
      return worst([expression.body]);
    case "match":
      return worst([expression.value]);
    case "access":
      return originOfAccess(expression.field, expression.subject, definition);
    case "variable":
      return originOfVariable(expression.name, expression.span.start, definition, project, depth);
    case "call": {
      const name = `${expression.module === null ? "" : `${expression.module}.`}${expression.function}`;
      if (harmless.test(name) || quoting.test(expression.function)) return "fixed";
      const target = findFunction(
        project,
        expression.module ?? definition.function.module,
        expression.function,
        expression.arguments.length,
      );
      if (target !== null) return originOfResult(target, project, depth);
      return worst([...expression.arguments, ...(expression.subject === null ? [] : [expression.subject])]);
    }
    default:
      return "unknown";
  }
}

function worstOf(origins: readonly Origin[]): Origin {
  return origins.includes("request") ? "request" : origins.includes("unknown") ? "unknown" : "fixed";
}

/** Fields named `id` hold what the database gave out; a key read from parameters is what a client sent. */
function originOfAccess(field: string | null, subject: Expression, definition: Definition): Origin {
  if (field !== null && /^(id|.*_id)$/.test(field)) return "fixed";
  const names = collect(subject, "variable").map((variable) => variable.name);
  return names.some((name) => isRequestParameter(name, definition)) ? "request" : "unknown";
}

/** A variable is what it was last bound to before; a parameter is what callers pass for it. */
function originOfVariable(name: string, before: number, definition: Definition, project: Project, depth: number): Origin {
  let bound: Expression | null = null;
  walk(definition.body, (expression) => {
    if (
      expression.kind === "match" &&
      expression.span.start < before &&
      !contains(expression.span, { start: before, end: before }) &&
      binds(expression.pattern, name)
    )
      bound = expression.value;
    if (
      expression.kind === "match" &&
      expression.pattern.kind === "variable" &&
      expression.pattern.name === name &&
      expression.span.start < before
    ) {
      if (!contains(expression.value.span, { start: before, end: before })) bound = expression.value;
    }
  });
  if (bound !== null) return originOf(bound, definition, project, depth + 1);
  const loop = loopSource(name, definition);
  if (loop !== null) return originOf(loop, definition, project, depth + 1);
  if (isGuarded(name, definition) || isCheckedAround(name, before, definition)) return "fixed";
  const position = definition.clause.parameters.findIndex((parameter) => parameter.kind === "variable" && parameter.name === name);
  if (position === -1) return isRequestParameter(name, definition) ? "request" : "unknown";
  return originOfParameter(definition, position, project, depth);
}

function binds(pattern: Expression, name: string): boolean {
  return collect(pattern, "variable").some((variable) => variable.name === name && !variable.pinned);
}

/** What a comprehension or Enum lambda takes its element from. */
function loopSource(name: string, definition: Definition): Expression | null {
  let source: Expression | null = null;
  walk(definition.body, (expression) => {
    if (expression.kind === "loop") {
      for (const generator of expression.generators) if (binds(generator.pattern, name)) source = generator.source;
    }
    if (expression.kind === "call" && /^(Enum|Stream)$/.test(expression.module ?? "")) {
      const lambda = expression.arguments.find((argument) => argument.kind === "lambda");
      if (lambda?.kind === "lambda" && lambda.clauses.some((clause) => clause.patterns.some((pattern) => binds(pattern, name)))) {
        source = expression.arguments[0] ?? null;
      }
    }
  });
  return source;
}

const checking = /valid|allow|permit|known|safe|member\?|check|verify|authori/i;

/** `if valid?(name), do: name`: the branch gives back what its own condition looked at. */
function checks(branch: Branch, body: Expression): boolean {
  return (
    body.kind === "variable" &&
    (branch.form === "if" || branch.form === "cond") &&
    branch.subject !== null &&
    looksAt(branch.subject, body.name)
  );
}

function looksAt(condition: Expression, name: string): boolean {
  const mentions = (part: Expression): boolean => collect(part, "variable").some((variable) => variable.name === name);
  const byMembership = collect(condition, "operator").some((operator) => operator.operator === "in" && mentions(operator));
  return byMembership || collect(condition, "call").some((call) => checking.test(call.function) && mentions(call));
}

/** The use stands inside an `if`, `cond` or `with` that looked at the value first. */
function isCheckedAround(name: string, at: number, definition: Definition): boolean {
  return collect(definition.body, "branch").some((branch) => {
    if (at < branch.span.start || at >= branch.span.end) return false;
    return [branch.subject, ...branch.steps.map((step) => step.value)].some((part) => part !== null && looksAt(part, name));
  });
}

/** `when name in […]`, `when is_integer(name)`: the clause takes nothing dangerous. */
function isGuarded(name: string, definition: Definition): boolean {
  const guard = definition.clause.guard;
  if (guard === null) return false;
  let guarded = false;
  walk(guard, (expression) => {
    const about = expression.kind === "operator" || expression.kind === "call" ? collect(expression, "variable") : [];
    if (!about.some((variable) => variable.name === name)) return;
    if (expression.kind === "operator" && expression.operator === "in") guarded = true;
    if (expression.kind === "call" && /^is_(integer|float|number|atom|boolean)$/.test(expression.function)) guarded = true;
  });
  return guarded;
}

/** Variables taken out of the parameters of an action, event or resolver. */
function isRequestParameter(name: string, definition: Definition): boolean {
  const entry = definition.function.facts;
  const position = definition.clause.parameters.findIndex((parameter) =>
    collect(parameter, "variable").some((variable) => variable.name === name),
  );
  if (position === -1) return false;
  const isEvent = /^handle_(event|in|params)$/.test(entry.name) && position === (entry.name === "handle_params" ? 0 : 1);
  const isAction = entry.arity === 2 && position === 1 && /Controller(\.|$)|Controller$/.test(definition.function.module);
  return isEvent || isAction || (requestNames.has(name) && /Controller|Live|Channel|Plug/.test(definition.function.module));
}

function originOfParameter(definition: Definition, position: number, project: Project, depth: number): Origin {
  if (isRequestParameter(nameAt(definition, position), definition)) return "request";
  const sites = callersOf(project, definition.id);
  if (sites.length === 0 || sites.length > 20) return "unknown";
  return worstOf(sites.map((site) => originAtCall(site.caller, site.span.start, site.path, definition, position, project, depth)));
}

function nameAt(definition: Definition, position: number): string {
  const parameter = definition.clause.parameters[position];
  return parameter?.kind === "variable" ? parameter.name : "";
}

function originAtCall(
  caller: FunctionId,
  start: number,
  path: string,
  callee: Definition,
  position: number,
  project: Project,
  depth: number,
): Origin {
  if (/(^|\/)test\//.test(path)) return "fixed";
  const entry = project.functions.get(caller);
  for (const clause of entry?.facts.clauses ?? []) {
    if (entry === undefined || clause.body === null || !contains(clause.span, { start, end: start })) continue;
    const call = collect(clause.body, "call").find(
      (candidate) => candidate.segment.start === start && candidate.function === callee.function.facts.name,
    );
    const argument = call?.arguments[position];
    if (argument === undefined) return call === undefined ? "unknown" : "fixed";
    return originOf(argument, { id: caller, function: entry, clause, body: clause.body }, project, depth + 1);
  }
  return "unknown";
}

/** What a project function gives back, whatever its arguments: fixed when every clause ends in something fixed. */
function originOfResult(target: ProjectFunction, project: Project, depth: number): Origin {
  return worstOf(
    target.facts.clauses.map((clause) =>
      clause.body === null
        ? "fixed"
        : originOf(clause.body, { id: target.id, function: target, clause, body: clause.body }, project, depth + 1),
    ),
  );
}
