import type { Call, Expression, Literal } from "../../../model/expression.js";
import type { FunctionClause } from "../../../model/facts.js";
import type { Project, ProjectFunction } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import { repositoryCall } from "../../../project/repository-call.js";
import { argumentFor, absentKey } from "./arguments.js";
import { uniqueRow } from "./unique-row.js";

/** One ExUnit test: its name after `fun/arity`, and its body's lines. */
export interface DerivedTest {
  readonly name: string;
  readonly lines: readonly string[];
  readonly needsDatabase: boolean;
}

type Derive = (found: ProjectFunction, calledAs: string, project: Project) => DerivedTest[];

/** Tests whose expected answer the code itself tells: nothing is guessed. Empty when the code does not tell one. */
export function deriveTests(found: ProjectFunction, calledAs: string, project: Project): DerivedTest[] {
  return derivations.map((derive) => derive(found, calledAs, project)).find((tests) => tests.length > 0) ?? [];
}

const fromLiteralClauses: Derive = (found, calledAs) => {
  const tellable = found.facts.clauses.flatMap((clause) => {
    const given = clause.parameters.map(literalCode);
    const answer = clause.body === null ? null : literalCode(clause.body);
    return clause.guard !== null || answer === null || given.length === 0 || given.includes(null)
      ? []
      : [`assert ${calledAs}(${given.join(", ")}) == ${answer}`];
  });
  return tellable.length === 0 ? [] : [{ name: "answers what its clauses say", lines: tellable, needsDatabase: false }];
};

const fromLookUp: Derive = (found, calledAs, project) => {
  const [clause, call] = soleRepositoryCall(found, project, ["get", "get!"]);
  const [schema, key] = call?.arguments ?? [];
  if (clause === null || call === null || schema?.kind !== "module" || key?.kind !== "variable") return [];
  const [parameter, ...others] = clause.parameters;
  if (others.length > 0 || parameter?.kind !== "variable" || parameter.name !== key.name) return [];
  const absent = absentKey(project, schema.name);
  if (absent === null) return [];
  return call.function === "get!"
    ? [
        {
          name: "raises when there is none",
          lines: [`assert_raise Ecto.NoResultsError, fn -> ${calledAs}(${absent}) end`],
          needsDatabase: true,
        },
      ]
    : [{ name: "is nil when there is none", lines: [`assert ${calledAs}(${absent}) == nil`], needsDatabase: true }];
};

const fromListing: Derive = (found, calledAs, project) => {
  const [clause, call] = soleRepositoryCall(found, project, ["all"]);
  if (clause === null || call === null) return [];
  const given = clause.parameters.map((parameter) => (parameter.kind === "variable" ? argumentFor(parameter.name, call) : null));
  if (given.includes(null)) return [];
  return [{ name: "is empty when nothing is stored", lines: [`assert ${calledAs}(${given.join(", ")}) == []`], needsDatabase: true }];
};

const fromCreation: Derive = (found, calledAs, project) => {
  const changeset = createdThrough(found, project);
  if (changeset === null || !requiresSomething(changeset)) return [];
  const refusal: DerivedTest = {
    name: "refuses attributes without the required fields",
    lines: [`assert {:error, %Ecto.Changeset{valid?: false}} = ${calledAs}(%{})`],
    needsDatabase: true,
  };
  return [refusal, ...fromUniqueness(changeset, calledAs, project)];
};

/** A second equal row comes back as an error of the field, where the changeset asks for nothing that plain values cannot give. */
function fromUniqueness(changeset: ProjectFunction, calledAs: string, project: Project): DerivedTest[] {
  const row = uniqueRow(changeset, project);
  if (row === null) return [];
  return [
    {
      name: `answers a second equal row with an error of ${row.field}`,
      lines: [
        `attributes = ${row.attributes}`,
        `assert {:ok, _} = ${calledAs}(attributes)`,
        `assert {:error, changeset} = ${calledAs}(attributes)`,
        `assert changeset.errors[:${row.field}]`,
      ],
      needsDatabase: true,
    },
  ];
}

/** The changeset function that the attributes given to a function go through on their way to `Repo.insert`. */
function createdThrough(found: ProjectFunction, project: Project): ProjectFunction | null {
  const [clause, call] = soleRepositoryCall(found, project, ["insert"]);
  const [attributes, ...others] = clause?.parameters ?? [];
  if (call === null || attributes?.kind !== "variable" || others.length > 0) return null;
  const changeset = call.arguments[0]?.kind === "call" ? call.arguments[0] : null;
  const passed = changeset?.arguments[1];
  if (changeset === null || changeset.module === null || passed?.kind !== "variable" || passed.name !== attributes.name) return null;
  return project.functions.get(`${changeset.module}.${changeset.function}/2`) ?? null;
}

const derivations: readonly Derive[] = [fromLiteralClauses, fromLookUp, fromListing, fromCreation];

/** The function's only clause and the repository call that is its whole body. */
function soleRepositoryCall(found: ProjectFunction, project: Project, names: readonly string[]): [FunctionClause, Call] | [null, null] {
  const [clause, ...others] = found.facts.clauses;
  const body = clause === undefined ? null : lastExpression(clause.body);
  if (clause === undefined || others.length > 0 || body?.kind !== "call") return [null, null];
  const asked = repositoryCall(project, body);
  return asked !== null && names.includes(asked.name) ? [clause, body] : [null, null];
}

/** The body itself, or its last expression when what comes before only imports. */
function lastExpression(body: Expression | null): Expression | null {
  if (body?.kind !== "block") return body;
  const [last, ...before] = [...body.expressions].reverse();
  return before.every((expression) => expression.kind === "call" && ["import", "require", "alias"].includes(expression.function))
    ? (last ?? null)
    : null;
}

function requiresSomething(definition: ProjectFunction): boolean {
  return definition.facts.clauses.some(
    (clause) => clause.body !== null && collect(clause.body, "call").some((call) => call.function === "validate_required"),
  );
}

function literalCode(expression: Expression): string | null {
  return expression.kind === "literal" ? codeOfLiteral(expression) : null;
}

function codeOfLiteral(literal: Literal): string | null {
  if (literal.type === "atom") return /^[a-z_]\w*[?!]?$/.test(literal.value) ? `:${literal.value}` : null;
  if (literal.type === "string") return /^[^"\\#\n]*$/.test(literal.value) ? `"${literal.value}"` : null;
  if (literal.type === "nil") return "nil";
  return literal.type === "integer" || literal.type === "boolean" ? literal.value : null;
}
