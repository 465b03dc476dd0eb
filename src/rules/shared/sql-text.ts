import type { Expression } from "../../model/expression.js";
import type { Project } from "../../model/project.js";
import { findFunction } from "../../project/find-function.js";
import type { Definition } from "./definitions.js";
import { boundBefore, givenByCallers, parameterOf } from "./value-sources.js";

/** Text put together from parts, and the code it is put together in. */
export interface BuiltText {
  readonly text: Expression;
  readonly definition: Definition;
}

const deepest = 3;

/** The places where the text of a statement is put together: in the call, in the variable it is bound to, in the function that makes it, in what callers give. */
export function builtTexts(statement: Expression, definition: Definition, project: Project, depth = 0): BuiltText[] {
  if (depth > deepest) return [];
  const further = (expression: Expression, where: Definition = definition): BuiltText[] =>
    builtTexts(expression, where, project, depth + 1);
  switch (statement.kind) {
    case "interpolation":
      return statement.type === "atom" ? [] : [{ text: statement, definition }];
    case "operator":
      return statement.operator === "<>" ? [{ text: statement, definition }] : [];
    case "block":
      return statement.expressions.slice(-1).flatMap((last) => further(last));
    case "branch":
      return statement.clauses.flatMap((clause) => further(clause.body));
    case "match":
      return further(statement.value);
    case "variable": {
      const bound = boundBefore(statement.name, statement.span.start, definition.body);
      if (bound !== null) return further(bound);
      const given = parameterOf(statement.name, definition) === -1 ? null : givenByCallers(statement.name, definition, project);
      return (given ?? []).flatMap((placed) => further(placed.expression, placed.definition));
    }
    case "call":
      return builtByCall(statement, definition, project, depth);
    default:
      return [];
  }
}

const keepsText = /^(String\.(trim|trim_leading|trim_trailing|replace)|IO\.iodata_to_binary|to_string)$/;

function builtByCall(call: Extract<Expression, { kind: "call" }>, definition: Definition, project: Project, depth: number): BuiltText[] {
  const name = `${call.module === null ? "" : `${call.module}.`}${call.function}`;
  const [first] = call.arguments;
  if (keepsText.test(name) && first !== undefined) return builtTexts(first, definition, project, depth + 1);
  const target =
    call.subject === null ? findFunction(project, call.module ?? definition.function.module, call.function, call.arguments.length) : null;
  if (target === null) return [];
  return target.facts.clauses.flatMap((clause) => {
    if (clause.body === null) return [];
    return builtTexts(clause.body, { id: target.id, function: target, clause, body: clause.body }, project, depth + 1);
  });
}

/** What is put into the text: embedded expressions and operands of `<>` that are no literals. */
export function embeddedIn(text: Expression): Expression[] {
  if (text.kind === "interpolation") return text.parts.flatMap((part) => (part.kind === "literal" ? [] : embeddedIn(part)));
  if (text.kind === "operator" && text.operator === "<>") return text.operands.flatMap(embeddedIn);
  return text.kind === "literal" ? [] : [text];
}
