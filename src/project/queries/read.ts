import type { Branch, Call, Expression } from "../../model/expression.js";
import type { FunctionClause } from "../../model/facts.js";
import { moduleNameOf, stringOf } from "../values.js";
import { bindingsOf, type Bindings } from "./bindings.js";
import { joinedSource, partNames, withPart } from "./parts.js";
import { boundBefore, calleeOf, defaultOf, nameOf, type Scope } from "./scope.js";
import { eitherOf, shapeOf, sourceOfSchema } from "./shape.js";
import type { QueryShape } from "./types.js";

const farthest = 4;

/** The query an expression is, seen from inside a clause; null when it is none that can be read. */
export function readQuery(expression: Expression, scope: Scope): QueryShape | null {
  switch (expression.kind) {
    case "module":
      return moduleShape(expression.name, scope);
    case "literal":
      return expression.type === "string" ? shapeOf({ schema: null, table: expression.value, as: null }) : null;
    case "tuple":
      return tupleShape(expression.elements, scope);
    case "variable":
      return expression.name === "__MODULE__"
        ? moduleShape("__MODULE__", scope)
        : variableShape(expression.name, expression.span.start, scope);
    case "attribute": {
      const attributes = scope.project.modules.get(scope.function.module)?.facts.attributes ?? [];
      const value = attributes.find((attribute) => attribute.name === expression.name)?.value ?? null;
      return value === null || value.kind === "attribute" ? null : readQuery(value, scope);
    }
    case "block":
      return lastOf(expression.expressions, scope);
    case "match":
      return readQuery(expression.value, scope);
    case "branch":
      return branchShape(expression, scope);
    case "operator":
      return expression.operator === "^" && expression.operands[0] !== undefined ? readQuery(expression.operands[0], scope) : null;
    case "call":
      return callShape(expression, scope);
    default:
      return null;
  }
}

function moduleShape(name: string, scope: Scope): QueryShape | null {
  const module = name === "__MODULE__" ? scope.function.module : name;
  return scope.project.schemas.has(module) ? shapeOf(sourceOfSchema(scope.project, module)) : null;
}

/** `{"table", Schema}`. */
function tupleShape(elements: readonly Expression[], scope: Scope): QueryShape | null {
  const table = stringOf(elements[0]);
  const schema = moduleNameOf(elements[1]);
  return table === null || schema === null ? null : shapeOf({ ...sourceOfSchema(scope.project, schema), table });
}

function lastOf(expressions: readonly Expression[], scope: Scope): QueryShape | null {
  const last = expressions.at(-1);
  return last === undefined ? null : readQuery(last, scope);
}

function variableShape(name: string, before: number, scope: Scope): QueryShape | null {
  const bound = boundBefore(scope, name, before);
  if (bound !== null) return readQuery(bound, scope);
  const given = scope.given.get(name);
  if (given !== undefined) return given;
  const value = defaultOf(scope, name);
  return value === null ? null : readQuery(value, scope);
}

function branchShape(branch: Branch, scope: Scope): QueryShape | null {
  const ways = branch.clauses.filter((clause) => clause.role !== "after" && clause.role !== "rescue");
  const shapes = ways.map((clause) => readQuery(clause.body, scope));
  const read = shapes.filter((shape) => shape !== null);
  const either = eitherOf(read);
  return either === null || read.length === shapes.length ? either : { ...either, opaque: true };
}

function callShape(call: Call, scope: Scope): QueryShape | null {
  const [first, ...others] = call.arguments;
  if (call.module === null || call.module === "Ecto.Query") {
    if (call.function === "from" && first !== undefined) return fromShape(first, others[0], scope);
    if (call.function === "subquery" && first !== undefined) return readQuery(first, scope);
    if (partNames.test(call.function) && first !== undefined && calleeOf(scope, call) === null)
      return partShape(call, first, others, scope);
  }
  if (call.module === "Ecto.Queryable" && first !== undefined) return readQuery(first, scope);
  if (call.module === "Ecto" && call.function === "assoc") return null;
  const callee = calleeOf(scope, call);
  if (callee !== null && scope.depth < farthest) return calledShape(call, { ...scope, function: callee, depth: scope.depth + 1 }, scope);
  const base =
    first === undefined ? null : readQuery(call.module === "Enum" && call.function === "reduce" ? (others[0] ?? first) : first, scope);
  return base === null ? null : { ...base, opaque: true };
}

/** What a project function gives back for the query it is given. */
function calledShape(call: Call, target: Scope, scope: Scope): QueryShape | null {
  const given = call.arguments.map((argument) => readQuery(argument, scope));
  const clauses = target.function.facts.clauses.filter((clause) => clause.body !== null && mayTake(clause, call));
  const shapes = clauses.map((clause) => {
    const names = clause.parameters.map(nameOf);
    const bound = new Map(given.flatMap((shape, position) => (shape === null ? [] : [[names[position] ?? "_", shape] as const])));
    return clause.body === null ? null : readQuery(clause.body, { ...target, clause, given: bound });
  });
  const read = shapes.filter((shape) => shape !== null);
  const either = eitherOf(read);
  const base = given.find((shape) => shape !== null) ?? null;
  if (either === null) return base === null ? null : { ...base, opaque: true };
  return read.length === shapes.length ? either : { ...either, opaque: true };
}

/** A clause for another literal than the one given is not reached. */
function mayTake(clause: FunctionClause, call: Call): boolean {
  return call.arguments.every((argument, position) => {
    const parameter = clause.parameters[position];
    return parameter?.kind !== "literal" || argument.kind !== "literal" || parameter.value === argument.value;
  });
}

/** `from(u in User, where: …, join: …)`. */
function fromShape(written: Expression, options: Expression | undefined, scope: Scope): QueryShape | null {
  const isIn = written.kind === "operator" && written.operator === "in";
  const source = isIn ? written.operands[1] : written;
  const base = source === undefined ? null : readQuery(source, scope);
  if (base === null) return null;
  let shape = base;
  let bindings = bindingsOf(isIn ? written.operands[0] : null, shape.sources);
  for (const { key, value } of options?.kind === "keyword" ? options.entries : []) {
    if (key === "as") shape = named(shape, value);
    else if (/join$/.test(key)) ({ shape, bindings } = withJoin(shape, value, bindings, scope));
    else shape = withPart(shape, key, value, bindings, followIn(scope));
  }
  return shape;
}

/** `where(query, [u], u.active)`, `join(query, :left, [u], p in assoc(u, :posts), on: …)`. */
function partShape(call: Call, first: Expression, others: readonly Expression[], scope: Scope): QueryShape | null {
  const base = readQuery(first, scope);
  if (base === null) return null;
  if (call.function === "exclude") return excluded(base, others[0]);
  const bindings = bindingsOf(
    others.find((other) => other.kind === "list"),
    base.sources,
  );
  if (/join$/.test(call.function)) {
    const written = others.find((other) => other.kind === "operator" && other.operator === "in") ?? others.at(-1);
    const last = others.at(-1);
    if (written === undefined) return base;
    const joined = withJoin(base, written, withKeyword(others, bindings, base), scope);
    if (last?.kind !== "keyword" || last === written) return joined.shape;
    return last.entries.reduce(
      (shape, { key, value }) => (key === "as" ? named(shape, value) : withPart(shape, key, value, joined.bindings, followIn(scope))),
      joined.shape,
    );
  }
  const expression = others.at(-1);
  if (expression === undefined) return withPart(base, call.function, first, bindings, followIn(scope));
  return withPart(base, call.function, expression, withKeyword(others, bindings, base), followIn(scope));
}

/** Bindings by name stand alone without a list around them when the brackets hold nothing else: `[posts: p]`. */
function withKeyword(others: readonly Expression[], bindings: Bindings, shape: QueryShape): Map<string, number> {
  const keyword = others.length > 1 ? others.slice(0, -1).find((other) => other.kind === "keyword") : undefined;
  return new Map([...bindings, ...bindingsOf(keyword, shape.sources)]);
}

function withJoin(
  shape: QueryShape,
  value: Expression,
  bindings: Bindings,
  scope: Scope,
): { shape: QueryShape; bindings: Map<string, number> } {
  const isIn = value.kind === "operator" && value.operator === "in";
  const source = isIn ? value.operands[1] : value;
  const written = source === undefined ? null : joinedSource(scope.project, source, bindings, shape);
  const joined = { ...shape, sources: [...shape.sources, written ?? { schema: null, table: null, as: null }] };
  const variable = isIn ? value.operands[0] : undefined;
  const grown = new Map(bindings);
  if (variable?.kind === "variable") grown.set(variable.name, shape.sources.length);
  return { shape: joined, bindings: grown };
}

/** `as:` names the source that was added last. */
function named(shape: QueryShape, value: Expression): QueryShape {
  const as = value.kind === "literal" ? value.value : null;
  return {
    ...shape,
    sources: shape.sources.map((source, position) => (position === shape.sources.length - 1 ? { ...source, as } : source)),
  };
}

function excluded(shape: QueryShape, what: Expression | undefined): QueryShape {
  if (what?.kind !== "literal") return { ...shape, opaque: true };
  if (what.value === "limit") return { ...shape, limited: false };
  if (what.value === "order_by") return { ...shape, orders: [] };
  return what.value === "where" ? { ...shape, filters: [] } : shape;
}

/** A pinned variable stands for the `dynamic` or keyword list it was bound to. */
function followIn(scope: Scope): (value: Expression) => Expression {
  return (value) => {
    if (value.kind !== "variable") return value;
    return boundBefore(scope, value.name, value.span.start) ?? value;
  };
}
