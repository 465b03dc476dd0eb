import type { Clause, Expression } from "../../src/model/expression.js";
import type { Facts, FunctionFacts, ModuleFacts } from "../../src/model/facts.js";
import { extractFacts } from "../../src/code/extract.js";
import { createParser } from "../../src/shell/grammars/parser.js";

export const parse = await createParser();
await parse.load?.(["python", "javascript", "typescript"]);

export function factsOf(text: string, path = "lib/sample.ex"): Facts {
  return extractFacts(path, text, parse);
}

/** The facts of a file's only (or first) module. */
export function moduleOf(text: string): ModuleFacts {
  const [first] = factsOf(text).modules;
  if (first === undefined) throw new Error("the text holds no module");
  return first;
}

export function functionOf(text: string, name: string): FunctionFacts {
  const found = factsOf(text)
    .modules.flatMap((module) => module.functions)
    .find((one) => one.name === name);
  if (found === undefined) throw new Error(`the text holds no function ${name}`);
  return found;
}

/** The only expression of a script. */
export function expressionOf(text: string): Expression {
  const [first] = factsOf(text, "script.exs").topLevel;
  if (first === undefined) throw new Error("the text holds no expression");
  return first;
}

/** The desugared form of a script's expressions, one a line. */
export function outline(text: string, path = "script.exs"): string {
  return factsOf(text, path).topLevel.map(show).join("\n");
}

/** Every expression of a file's facts that has no parent. */
export function rootsOf(facts: Facts): Expression[] {
  return [...facts.topLevel, ...facts.modules.flatMap(moduleRoots)];
}

function moduleRoots(module: ModuleFacts): Expression[] {
  const references = [...module.uses, ...module.imports].flatMap(({ options }) => (options === null ? [] : [options]));
  const attributes = module.attributes.flatMap(({ value }) => (value === null ? [] : [value]));
  const clauses = module.functions.flatMap((one) => one.clauses);
  const written = clauses.flatMap(({ parameters, guard, body }) => [...parameters, guard, body].filter((part) => part !== null));
  return [...references, ...attributes, ...module.body, ...module.expressions, ...written];
}

/** An expression as text, with everything the facts decided made visible: resolved modules, unrolled pipes, roles of clauses. */
export function show(expression: Expression): string {
  const all = (expressions: readonly Expression[]) => expressions.map(show).join(", ");
  switch (expression.kind) {
    case "literal":
      if (expression.type === "string") return JSON.stringify(expression.value);
      return expression.type === "atom" ? `:${expression.value}` : expression.value;
    case "interpolation":
      return `${expression.type}(${all(expression.parts)})`;
    case "variable":
      return (expression.pinned ? "^" : "") + expression.name;
    case "module":
      return expression.name;
    case "attribute":
      return `@${expression.name}`;
    case "access":
      return show(expression.subject) + (expression.key === null ? `.${expression.field}` : `[${show(expression.key)}]`);
    case "call":
      return showCall(expression);
    case "apply":
      return `${show(expression.subject)}.(${all(expression.arguments)})`;
    case "lambda":
      return `fn ${expression.clauses.map(showClause).join("; ")} end`;
    case "capture":
      return `&${expression.module === null ? "" : `${expression.module}.`}${expression.function}/${expression.arity}`;
    case "list":
      return `[${all(expression.elements)}${expression.tail === null ? "" : ` | ${show(expression.tail)}`}]`;
    case "tuple":
      return `{${all(expression.elements)}}`;
    case "map": {
      const base = expression.base === null ? "" : `${show(expression.base)} | `;
      return `%${expression.struct ?? ""}{${base}${expression.entries.map(({ key, value }) => `${show(key)} => ${show(value)}`).join(", ")}}`;
    }
    case "keyword":
      return `[${expression.entries.map(({ key, value }) => `${key}: ${show(value)}`).join(", ")}]`;
    case "binary":
      return `<<${all(expression.elements)}>>`;
    case "match":
      return `${show(expression.pattern)} = ${show(expression.value)}`;
    case "operator":
      return expression.operands.length === 1
        ? `${expression.operator} ${all(expression.operands)}`
        : `(${expression.operands.map(show).join(` ${expression.operator} `)})`;
    case "block":
      return `(${expression.expressions.map(show).join("; ")})`;
    case "branch":
      return showBranch(expression);
    case "loop":
      return showLoop(expression);
    case "markup":
      return `<${expression.children.map(show).join(" ")}>`;
    case "unknown":
      return `?(${all(expression.children)})`;
  }
}

function showCall(call: Extract<Expression, { kind: "call" }>): string {
  const receiver = call.subject === null ? (call.module === null ? "" : `${call.module}.`) : `${show(call.subject)}.`;
  const block = call.block === null ? "" : ` do ${show(call.block)} end`;
  const clauses = call.clauses.length === 0 ? "" : ` {${call.clauses.map(showClause).join("; ")}}`;
  return `${receiver}${call.function}(${call.arguments.map(show).join(", ")})${block}${clauses}`;
}

function showBranch(branch: Extract<Expression, { kind: "branch" }>): string {
  const subject = branch.subject === null ? "" : ` ${show(branch.subject)}`;
  const steps = branch.steps.map(({ pattern, guard, value }) => {
    const left = pattern === null ? "" : `${show(pattern)}${guard === null ? "" : ` when ${show(guard)}`} <- `;
    return ` ${left}${show(value)}`;
  });
  return `${branch.form}${subject}${steps.join(",")} {${branch.clauses.map(showClause).join("; ")}}`;
}

function showLoop(loop: Extract<Expression, { kind: "loop" }>): string {
  const generators = loop.generators.map(({ pattern, source }) => `${show(pattern)} <- ${show(source)}`);
  const options = loop.options === null ? [] : [show(loop.options)];
  return `for ${[...generators, ...loop.filters.map(show), ...options].join(", ")} {${show(loop.body)}}`;
}

function showClause(clause: Clause): string {
  const role = clause.role === "clause" ? "" : `${clause.role} `;
  const guard = clause.guard === null ? "" : ` when ${show(clause.guard)}`;
  return `${role}${clause.patterns.map(show).join(", ")}${guard} -> ${show(clause.body)}`;
}
