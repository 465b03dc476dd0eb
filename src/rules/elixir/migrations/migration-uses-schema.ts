import type { Expression } from "../../../model/expression.js";
import type { Facts } from "../../../model/facts.js";
import type { Project, Schema } from "../../../model/project.js";
import type { Span } from "../../../model/span.js";
import { walk } from "../../../model/walk.js";
import { changesetsOf } from "../../../project/changesets/changesets-of.js";
import { repositoryCall } from "../../../project/repository-call.js";
import { tableOf } from "../../../project/schema-of.js";
import { defineRule, type Clue, type Match } from "../../define.js";
import { isLoadedFromDump, isRecent, runInMigrations, runsInMigration, versionOf } from "../../shared/migration-files.js";

type Slots = { schemas: string; first: string; missing: string; later: string };

export const migrationUsesSchema = defineRule<Slots>({
  id: "migration-uses-schema",
  title: "A migration reads or writes through the application's schemas",
  trigger: "critical_pattern",
  area: "migrations",
  severity: "low",
  cwe: ["CWE-1068"],
  silencedBy: {},
  where: runInMigrations,
  match: matchesIn,
  what: ({ schemas, missing, first }) =>
    missing === ""
      ? `This code runs in a migration and reads or writes whole rows through ${schemas}, the schemas of today's application.`
      : `This code runs in a migration and reads or writes whole rows through ${schemas}, but \`${first}\` has fields that the table gets only in later migrations: ${missing}.`,
  why: ({ missing, first, later }) =>
    missing === ""
      ? `Whoever runs the migrations later, on a new machine, in CI or on a server that skipped releases, runs them with the schema of that day: once \`${first}\` has a column more, or its changeset another rule, this migration stops or writes something else.`
      : `Ecto selects and writes every field of the schema, so on a database that is built from the first migration on, this step asks for a column that does not exist yet (it comes with \`${later}\`) and the migration stops.`,
  instead: () =>
    'Name the table in place of the schema (`from(u in "users", select: …)`, `update_all`, `insert_all`) or define a small schema inside the migration with only the fields it needs.',
  notWhen: [
    "The schema is defined in the migration itself.",
    "The table is named as text, or only `update_all`, `delete_all`, `insert_all` or counts run.",
    "Every query says with `select` which columns it wants, and preloads nothing.",
    "The code also runs outside migrations, or only in `down`.",
    "The migration is older than the project's newest by more than three months and every field has its column by then, or a structure.sql is kept from which new databases are loaded (then it is `possible`).",
    "The field's column cannot be found (another `source:`).",
  ],
  examples: [
    {
      bad: {
        "lib/shop/user.ex": userWith("field :name, :string"),
        "priv/repo/migrations/20240102000000_name_users.exs": migrationThat(
          "Shop.Repo.all(Shop.User) |> Enum.each(&name/1)",
          'defp name(user), do: user |> Ecto.Changeset.change(name: "x") |> Shop.Repo.update!()',
        ),
      },
      at: "Shop.User",
      good: {
        "lib/shop/user.ex": userWith("field :name, :string"),
        "priv/repo/migrations/20240102000000_name_users.exs": migrationThat(
          'Shop.Repo.update_all(Shop.User, set: [name: "x"])',
          'defp names, do: ["x"]',
        ),
      },
    },
  ],
});

function userWith(field: string): string {
  return `defmodule Shop.User do\n  use Ecto.Schema\n\n  schema "users" do\n    ${field}\n  end\nend\n`;
}

function migrationThat(statement: string, helper: string): string {
  return `defmodule Shop.Repo.Migrations.NameUsers do\n  use Ecto.Migration\n\n  def up do\n    ${statement}\n  end\n\n  def down, do: :ok\n\n  ${helper}\nend\n`;
}

interface Use {
  readonly schema: Schema;
  /** Rows are read through it, so every field is asked for; a write sends only what is set. */
  readonly reads: boolean;
  readonly span: Span;
}

function matchesIn(facts: Facts, project: Project): Match<Slots>[] {
  const runs = runsInMigration(facts, project);
  if (runs === null || project.schemas.size === 0) return [];
  const bodies = facts.modules.flatMap((module) =>
    module.functions.flatMap((definition) =>
      (definition.name === "down" ? [] : definition.clauses).flatMap((clause) => (clause.body === null ? [] : [clause.body])),
    ),
  );
  if (!bodies.some((body) => handlesRows(body, project))) return [];
  const uses = bodies.filter((body) => !selects(body)).flatMap((body) => usesIn(body, facts, project));
  const [use] = uses.sort((left, right) => left.span.start - right.span.start);
  if (use === undefined) return [];
  const schemas = [...new Map(uses.map(({ schema }) => [schema.module, schema])).values()];
  const lacking = schemas
    .map((schema) => ({ schema, later: laterFields(schema, runs.version, uses, project) }))
    .find(({ later }) => later.length > 0);
  const first = lacking?.schema ?? use.schema;
  return [
    {
      span: use.span,
      confidence: isRecent(runs.version, project) || (lacking !== undefined && !isLoadedFromDump(project)) ? "likely" : "possible",
      severity: lacking === undefined ? "low" : "medium",
      slots: {
        schemas: shortList(schemas.map((schema) => `\`${schema.module}\``)),
        first: first.module,
        missing: shortList((lacking?.later ?? []).map((clue) => clue.note)),
        later: lacking?.later[0]?.at.path.split("/").at(-1) ?? "",
      },
      evidence: [
        { at: first, note: `${first.module} as it is today` },
        ...(lacking?.later ?? []).slice(0, 3).map(({ at, note }) => ({ at, note: `${note} is added here` })),
      ],
    },
  ];
}

function shortList(words: readonly string[]): string {
  const shown = words.slice(0, 4).join(", ");
  return words.length > 4 ? `${shown} and ${String(words.length - 4)} more` : shown;
}

/** Fields whose column a later migration adds. */
function laterFields(schema: Schema, version: bigint, uses: readonly Use[], project: Project): Clue[] {
  const table = tableOf(project, schema);
  const isRead = uses.some((use) => use.reads && use.schema.module === schema.module);
  return schema.fields.flatMap((field) => {
    const column = field.virtual || !isRead ? undefined : table?.columns.get(field.name);
    const added = column === undefined ? null : versionOf(column.path);
    return column === undefined || added === null || added <= version ? [] : [{ at: column, note: `\`${field.name}\`` }];
  });
}

const wholeRows = /^(all|get|get_by|one|stream|preload|reload|insert|update|insert_or_update|delete)!?$/;

/** What touches only the columns it names. */
const namesOnly = /^(update_all|delete_all|insert_all|aggregate|exists\?)$/;

function handlesRows(body: Expression, project: Project): boolean {
  let found = false;
  walk(body, (expression) => {
    if (expression.kind === "call" && wholeRows.test(expression.function) && repositoryCall(project, expression) !== null) found = true;
    return !found;
  });
  return found;
}

/** A body whose queries all say which columns they want. */
function selects(body: Expression): boolean {
  let [queries, chosen, preloads, structs] = [0, 0, false, false];
  walk(body, (expression) => {
    if (expression.kind === "map" && expression.struct !== null) structs = true;
    if (expression.kind === "call" && expression.function === "select") chosen += 1;
    if (expression.kind === "call" && expression.function === "from") queries += 1;
    if (expression.kind === "call" && expression.function === "preload") preloads = true;
    if (expression.kind === "keyword" && expression.entries.some((entry) => entry.key === "select")) chosen += 1;
    if (expression.kind === "keyword" && expression.entries.some((entry) => entry.key === "preload")) preloads = true;
  });
  return chosen > 0 && chosen >= queries && !preloads && !structs;
}

function usesIn(body: Expression, facts: Facts, project: Project): Use[] {
  const uses: Use[] = [];
  walk(body, (expression) => {
    if (expression.kind === "call" && namesOnly.test(expression.function) && repositoryCall(project, expression) !== null) return false;
    const name = schemaNamed(expression, project);
    const schema = name === null ? undefined : project.schemas.get(name);
    if (schema === undefined || schema.table === null || schema.path === facts.path) return true;
    uses.push({ schema, reads: expression.kind === "module", span: expression.kind === "call" ? expression.segment : expression.span });
    return true;
  });
  return uses;
}

/** `%User{}`, `User` as a value (in queries and repository calls), and `User.changeset(…)`. */
function schemaNamed(expression: Expression, project: Project): string | null {
  if (expression.kind === "map") return expression.struct;
  if (expression.kind === "module") return expression.name;
  if (expression.kind !== "call" || expression.module === null) return null;
  const schema = project.schemas.get(expression.module);
  const builds = schema !== undefined && changesetsOf(project, schema).some(({ function: id }) => id.includes(`.${expression.function}/`));
  return builds ? expression.module : null;
}
