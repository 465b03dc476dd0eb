import type { Call, Clause, Expression } from "../../../model/expression.js";
import type { ModuleFacts } from "../../../model/facts.js";
import { bodyOf, moduleNameOf } from "../../values.js";
import { bound, constantOf, roughText, type Constant } from "../constants.js";
import type { Change } from "../change.js";
import { readSql } from "../sql/read-sql.js";
import { alterTable } from "./alter-table.js";
import { commands } from "./commands.js";
import type { MigrationScope } from "./scope.js";

/** How deep helper functions are followed. */
const deepest = 12;

/** The changes a statement of a migration makes, in order. Loops over literal lists and helper functions are followed. */
export function changesOf(statement: Expression, scope: MigrationScope): Change[] {
  switch (statement.kind) {
    case "block":
      return inOrder(statement.expressions, scope);
    case "match":
      return changesOf(statement.value, scope);
    case "branch":
      return branchChanges(statement, scope);
    case "loop":
      return repeated(statement.generators, statement.body, scope);
    case "lambda":
      return statement.clauses.flatMap((clause) => changesOf(clause.body, scope));
    case "call":
      return callChanges(statement, scope);
    default:
      return [];
  }
}

/** Statements one after another; what a match binds is known to those below it. */
function inOrder(statements: readonly Expression[], scope: MigrationScope): Change[] {
  let current = scope;
  return statements.flatMap((statement) => {
    const changes = changesOf(statement, current);
    if (statement.kind === "match") current = afterMatch(statement.pattern, statement.value, current);
    return changes;
  });
}

function afterMatch(pattern: Expression, value: Expression, scope: MigrationScope): MigrationScope {
  const variables = bound(pattern, constantOf(value, scope), scope.variables) ?? scope.variables;
  if (pattern.kind !== "variable") return { ...scope, variables };
  return { ...scope, variables, expressions: new Map(scope.expressions).set(pattern.name, value) };
}

function branchChanges(branch: Extract<Expression, { kind: "branch" }>, scope: MigrationScope): Change[] {
  const clauses = branch.clauses.filter((clause) => clause.role !== "rescue" && clause.role !== "catch");
  if (branch.form === "try") return clauses.flatMap((clause) => changesOf(clause.body, scope));
  const condition = branch.form === "if" || branch.form === "unless" ? constantOf(branch.subject, scope) : undefined;
  if (typeof condition === "boolean") {
    const taken = (branch.form === "if") === condition ? "do" : "else";
    return clauses.filter((clause) => clause.role === taken).flatMap((clause) => changesOf(clause.body, scope));
  }
  return clauses.flatMap((clause) => changesOf(clause.body, { ...scope, certain: false }));
}

function repeated(generators: readonly { pattern: Expression; source: Expression }[], body: Expression, scope: MigrationScope): Change[] {
  const [first, ...rest] = generators;
  if (first === undefined) return changesOf(body, scope);
  return elementScopes(first.pattern, first.source, scope).flatMap((inner) => repeated(rest, body, inner));
}

/** One scope for each element of a list known from the code; a single one, with the pattern unbound, when it is not. */
function elementScopes(pattern: Expression, source: Expression, scope: MigrationScope): MigrationScope[] {
  const elements = constantOf(source, scope);
  if (!Array.isArray(elements)) return [scope];
  return (elements as readonly Constant[]).flatMap((element) => {
    const variables = bound(pattern, element, scope.variables);
    return variables === null ? [] : [{ ...scope, variables }];
  });
}

function callChanges(call: Call, scope: MigrationScope): Change[] {
  const sql = sqlOf(call);
  if (sql !== null) return sqlChanges(sql, call, scope);
  if (call.module === null || call.module === "Ecto.Migration") {
    if (scope.table !== null) {
      const altered = alterTable(call, scope.table, scope);
      if (altered !== null) return altered;
    }
    const command = commands.get(call.function);
    if (command !== undefined && call.subject === null) {
      const body = bodyOf(call);
      return command(call, scope, (table, inner) => (body === null ? [] : changesOf(body, { ...inner, table })));
    }
  }
  if (call.module === "Enum" || call.module === "Stream") return enumerated(call, scope);
  return followed(call, scope) ?? inside(call, scope);
}

/** The SQL a call hands to the database: `execute "…"`, `repo().query!("…")`, `Ecto.Adapters.SQL.query!(repo(), "…")`. */
function sqlOf(call: Call): Expression | null {
  const [first, second] = call.arguments;
  if (call.function === "execute" && call.subject === null && (call.module === null || call.module === "Ecto.Migration")) {
    return first?.kind === "lambda" || first?.kind === "capture" ? null : (first ?? null);
  }
  if (!/^query(_many)?!?$/.test(call.function)) return null;
  return call.module === "Ecto.Adapters.SQL" ? (second ?? null) : (first ?? null);
}

function sqlChanges(sql: Expression, call: Call, scope: MigrationScope): Change[] {
  const resolved = sql.kind === "variable" ? (scope.expressions.get(sql.name) ?? sql) : sql;
  const location = { path: scope.path, span: call.span };
  const listed = constantOf(resolved, scope);
  if (Array.isArray(listed)) return listed.flatMap((text) => (typeof text === "string" ? readSql(text, location) : []));
  const text = roughText(resolved, scope);
  if (text !== null) return readSql(text, location);
  if (resolved.kind === "call" && resolved.module === null) return [];
  return [{ kind: "unread", statement: { ...location, table: null, text: "execute" } }];
}

/** `Enum.each(tables, fn table -> … end)` and `Enum.each(tables, &create_index/1)`. */
function enumerated(call: Call, scope: MigrationScope): Change[] {
  const [source, body] = call.arguments;
  if (source === undefined || body === undefined) return source === undefined ? [] : changesOf(source, scope);
  if (body.kind === "capture") {
    const elements = constantOf(source, scope);
    const values: readonly (Constant | undefined)[] = Array.isArray(elements) ? (elements as readonly Constant[]) : [undefined];
    return values.flatMap((value) => helper(body.module, body.function, [value], scope) ?? []);
  }
  if (body.kind !== "lambda") return [];
  return body.clauses.flatMap((clause: Clause) => {
    const [pattern] = clause.patterns;
    return pattern === undefined ? [] : elementScopes(pattern, source, scope).flatMap((inner) => changesOf(clause.body, inner));
  });
}

function followed(call: Call, scope: MigrationScope): Change[] | null {
  if (call.subject !== null) return null;
  return helper(
    call.module,
    call.function,
    call.arguments.map((argument) => constantOf(argument, scope)),
    scope,
  );
}

/** The changes of a helper function of the migration, of a module it imports, or of the project; null when it is none. */
function helper(module: string | null, name: string, values: readonly (Constant | undefined)[], scope: MigrationScope): Change[] | null {
  if (scope.depth >= deepest) return [];
  for (const owner of ownersOf(module, scope)) {
    const found = owner.facts.functions.find(
      (candidate) => candidate.name === name && candidate.arity >= values.length && candidate.arity - candidate.defaults <= values.length,
    );
    if (found === undefined) continue;
    const outer = {
      ...scope,
      ...{ module: owner.facts, path: owner.path, expressions: new Map<string, Expression>(), depth: scope.depth + 1 },
    };
    for (const clause of found.clauses) {
      const variables = parameters(clause.parameters, values);
      if (variables !== null && clause.body !== null) return changesOf(clause.body, { ...outer, variables });
    }
    return [];
  }
  return null;
}

function ownersOf(module: string | null, scope: MigrationScope): { path: string; facts: ModuleFacts }[] {
  if (module !== null && module !== "__MODULE__" && module !== scope.module?.name) {
    const remote = scope.modules.get(module);
    return remote === undefined ? [] : [remote];
  }
  const own = scope.module === null ? [] : [{ path: scope.path, facts: scope.module }];
  const imported = (scope.module?.imports ?? [])
    .map((reference) => scope.modules.get(reference.module))
    .filter((found) => found !== undefined);
  return module === null ? [...own, ...imported] : own;
}

function parameters(patterns: readonly Expression[], values: readonly (Constant | undefined)[]): ReadonlyMap<string, Constant> | null {
  let variables: Map<string, Constant> | null = new Map<string, Constant>();
  for (const [position, pattern] of patterns.entries()) {
    const defaulted = pattern.kind === "operator" && pattern.operator === "\\\\" ? pattern.operands[0] : pattern;
    const value = position < values.length ? values[position] : defaultOf(pattern);
    if (variables !== null && defaulted !== undefined) variables = bound(defaulted, value, variables);
  }
  return variables;
}

function defaultOf(pattern: Expression): Constant | undefined {
  return pattern.kind === "operator" && pattern.operator === "\\\\"
    ? constantOf(pattern.operands[1], { variables: new Map(), module: null })
    : undefined;
}

/** A call that isn't known may still run the code it is given: `Repo.transaction(fn -> … end)`, a macro's block. */
function inside(call: Call, scope: MigrationScope): Change[] {
  if (moduleNameOf(call.arguments[0]) !== null && call.function === "use") return [];
  const body = call.block === null ? [] : [call.block];
  return [...call.arguments.filter((argument) => argument.kind === "lambda" || argument.kind === "call"), ...body].flatMap((part) =>
    changesOf(part, scope),
  );
}
