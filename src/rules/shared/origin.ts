import type { Expression } from "../../model/expression.js";
import type { Project, ProjectFunction } from "../../model/project.js";
import { collect } from "../../model/walk.js";
import { findFunction } from "../../project/find-function.js";
import {
  boundBefore,
  givenByCallers,
  givesBackChecked,
  isCheckedAround,
  isGuarded,
  isRequestParameter,
  loopSource,
  parameterOf,
} from "./value-sources.js";
import type { Definition } from "./definitions.js";
import { isInputOfHandler } from "./handlers.js";

/** Where a piece of text can come from. `fixed`: written in the source or made of numbers. `request`: what a client sent. `unknown`: a value from elsewhere. */
export type Origin = "fixed" | "unknown" | "request";

const deepest = 5;
/** Functions whose result cannot carry SQL, whatever they are given. */
const harmless =
  /^(Integer|Float|Enum\.(count|sum)|length|byte_size|String\.length|System\.(unique_integer|os_time|system_time|monotonic_time)|Date|DateTime|NaiveDateTime|Time|Decimal|round|trunc|div|rem|abs|self|Ecto\.UUID\.(generate|load!?|cast!|dump!)|UUID|Timex|Base\.\w*encode|:crypto|:erlang\.phash2|Application\.(get_env|fetch_env!|compile_env!?)|System\.(get_env|fetch_env!)|Keyword\.fetch!|inspect)/;
/** What comes out stands in the first argument, or is the default: `Map.fetch!(@columns, key)`, `Enum.find(@columns, …)`. */
const choosing = /^((Map|Keyword)\.(fetch!?|get)|Enum\.(find|at))$/;
const quoting = /quote|escape|sanitize|placeholder|identifier|__schema__/i;

/** Judges an expression put into text, following variables, attributes, local functions and callers a few steps. */
export function originOf(expression: Expression, definition: Definition, project: Project, depth = 0): Origin {
  if (depth > deepest) return "unknown";
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
      return worst(expression.clauses.flatMap((clause) => (givesBackChecked(expression, clause.body) ? [] : [clause.body])));
    case "lambda":
      return worst(expression.clauses.map((clause) => clause.body));
    case "loop":
      return worst([expression.body]);
    case "match":
      return worst([expression.value]);
    case "access":
      return originOfAccess(expression.field, expression.subject, definition, project, depth);
    case "variable":
      return originOfVariable(expression.name, expression.span.start, definition, project, depth);
    case "call": {
      const name = `${expression.module === null ? "" : `${expression.module}.`}${expression.function}`;
      if (harmless.test(name) || quoting.test(expression.function)) return "fixed";
      if (choosing.test(name))
        return worst(expression.arguments.filter((argument, position) => position !== 1 && argument.kind !== "lambda"));
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

/** Fields named `id` hold what the database gave out; a key read from parameters, or from a helper's parameter that callers fill with them, is what a client sent. */
function originOfAccess(field: string | null, subject: Expression, definition: Definition, project: Project, depth: number): Origin {
  if ((field !== null && /^(id|.*_id)$/.test(field)) || subject.kind === "attribute") return "fixed";
  const names = collect(subject, "variable").map((variable) => variable.name);
  if (names.some((name) => isSent(name, definition, project))) return "request";
  const isParameter = subject.kind === "variable" && parameterOf(subject.name, definition) !== -1;
  return isParameter && originOf(subject, definition, project, depth + 1) === "request" ? "request" : "unknown";
}

function isSent(name: string, definition: Definition, project: Project): boolean {
  return isRequestParameter(name, definition, project) || isInputOfHandler(definition.function, parameterOf(name, definition), project);
}

/** A variable is what it was last bound to before; a parameter is what callers pass for it. */
function originOfVariable(name: string, before: number, definition: Definition, project: Project, depth: number): Origin {
  const bound = boundBefore(name, before, definition.body) ?? loopSource(name, definition.body);
  if (bound !== null) return originOf(bound, definition, project, depth + 1);
  if (isGuarded(name, definition) || isCheckedAround(name, before, definition, project)) return "fixed";
  if (isSent(name, definition, project)) return "request";
  if (parameterOf(name, definition) === -1) return "unknown";
  const given = givenByCallers(name, definition, project);
  if (given === null) return "unknown";
  return worstOf(given.map((placed) => originOf(placed.expression, placed.definition, project, depth + 1)));
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
