import type { Facts } from "../../../model/facts.js";
import type { Location, Project, Schema, SchemaField, Table } from "../../../model/project.js";
import { outlineOfBody, outlineOfClause } from "../../../model/outline.js";
import { collect } from "../../../model/walk.js";
import { historyOf } from "../../../project/database/history.js";
import { tableOf } from "../../../project/schema-of.js";
import { optionOf } from "../../../project/values.js";
import { defineRule } from "../../define.js";
import { matchesInFile, type Located } from "../../shared/located.js";
import { runsInMigration } from "../../shared/migration-files.js";
import { perProject } from "../../shared/per-project.js";

type Slots = { gone: string; schema: string; reads: string; failing: string };

export const columnRemovedWhileRead = defineRule<Slots>({
  id: "column-removed-while-read",
  title: "A migration removes what a schema still reads",
  trigger: "critical_pattern",
  area: "migrations",
  severity: "high",
  cwe: ["CWE-1068"],
  silencedBy: {},
  where: (project) => removalsByPath(project),
  match: (facts, project) => matchesInFile(removalsByPath(project).get(facts.path) ?? [], facts),
  what: ({ gone, schema, reads }) => `After this migration ${gone}, and \`${schema}\` still ${reads}.`,
  why: ({ schema, failing }) =>
    `Ecto asks for every field of a schema, so as soon as the migration has run each query through \`${schema}\` raises: ${failing}.`,
  instead: ({ schema }) =>
    `Take it out of \`${schema}\` and release that first; remove it from the database in a later release, when no running code asks for it.`,
  notWhen: [
    "A later migration adds it again, or gives it this name back.",
    "The field is virtual or has a `source:`.",
    "The schema stands in a migration, in a test or in code that only migrations run, or no other file names it.",
    "SQL that could not be read names the table, or the migration belongs to another repository than the column (then it is `possible`, or silent).",
    "Only the running release reads it, and the schema of this tree no longer does: that is a matter of the order of releases, which the code doesn't show.",
  ],
  examples: [
    {
      bad: removing("remove :nickname, :string", "field :nickname, :string"),
      at: "remove :nickname, :string",
      good: removing("remove :nickname, :string", ""),
    },
    {
      bad: removing("remove :nickname, :string", "field :nickname, :string"),
      at: "remove :nickname, :string",
      good: removing("remove :nickname, :string", "field :nickname, :string, virtual: true"),
    },
  ],
});

function removing(line: string, field: string): Record<string, string> {
  return {
    "lib/shop/users.ex": `defmodule Shop.Users do\n  def list, do: Shop.Repo.all(Shop.User)\nend\n`,
    "lib/shop/user.ex": `defmodule Shop.User do\n  use Ecto.Schema\n\n  schema "users" do\n    field :name, :string\n    ${field}\n  end\nend\n`,
    "priv/repo/migrations/20240101000000_create_users.exs": `defmodule Shop.Repo.Migrations.CreateUsers do\n  use Ecto.Migration\n\n  def change do\n    create table(:users) do\n      add :name, :string\n      add :nickname, :string\n    end\n  end\nend\n`,
    "priv/repo/migrations/20240601000000_remove_nicknames.exs": `defmodule Shop.Repo.Migrations.RemoveNicknames do\n  use Ecto.Migration\n\n  def change do\n    alter table(:users) do\n      ${line}\n    end\n  end\nend\n`,
  };
}

interface Removal {
  readonly at: Location;
  /** Where the column or table was made. */
  readonly from: Location | null;
  readonly renamedTo: string | null;
}

/** What the migrations have removed and not brought back, by `table` and `table.column`. */
const removed = perProject((project): ReadonlyMap<string, Removal> => {
  const gone = new Map<string, Removal>();
  for (const { change, before } of historyOf(project.database).flatMap(({ steps }) => steps)) {
    switch (change.kind) {
      case "create_table":
        gone.delete(change.table);
        break;
      case "drop_table":
        gone.set(change.table, { at: change.at, from: before?.createdAt ?? null, renamedTo: null });
        break;
      case "rename_table":
        gone.set(change.table, { at: change.at, from: before?.createdAt ?? null, renamedTo: change.to });
        gone.delete(change.to);
        break;
      case "remove_column":
        gone.set(`${change.table}.${change.name}`, { at: change.at, from: before?.column ?? null, renamedTo: null });
        break;
      case "rename_column":
        gone.set(`${change.table}.${change.name}`, { at: change.at, from: before?.column ?? null, renamedTo: change.to });
        gone.delete(`${change.table}.${change.to}`);
        break;
      case "add_column":
        gone.delete(`${change.table}.${change.column.name}`);
        break;
      default:
    }
  }
  return gone;
});

const removalsByPath = perProject((project): ReadonlyMap<string, readonly Located<Slots>[]> => {
  const byPath = new Map<string, Located<Slots>[]>();
  if (removed(project).size === 0) return byPath;
  const found = [...project.schemas.values()]
    .map((schema) => ({ schema, matches: removalsOf(schema, project) }))
    .filter(({ matches }) => matches.length > 0);
  const running = runningAmong(
    found.map(({ schema }) => schema),
    project,
  );
  for (const { schema, matches } of found) {
    if (!running.has(schema.module)) continue;
    for (const match of matches) byPath.set(match.at.path, [...(byPath.get(match.at.path) ?? []), match]);
  }
  return byPath;
});

function removalsOf(schema: Schema, project: Project): Located<Slots>[] {
  if (schema.table === null) return [];
  const table = tableOf(project, schema);
  return table === null ? droppedTable(schema, schema.table, project) : removedColumns(schema, table, project);
}

function removedColumns(schema: Schema, table: Table, project: Project): Located<Slots>[] {
  return schema.fields.flatMap((field): Located<Slots>[] => {
    const removal = removed(project).get(`${table.name}.${field.name}`);
    if (removal === undefined || field.virtual || table.columns.has(field.name) || hasSource(field, project)) return [];
    if (!isSameRepository(removal)) return [];
    const gone = removal.renamedTo === null ? "is gone" : `is named \`${removal.renamedTo}\``;
    return [
      {
        at: removal.at,
        confidence: isUnread(table.name, project) ? "possible" : "certain",
        slots: {
          gone: `\`${table.name}.${field.name}\` ${gone}`,
          schema: schema.module,
          reads: `has the field \`${field.name}\``,
          failing: `the column \`${field.name}\` does not exist`,
        },
        evidence: [{ at: field, note: `${schema.module} reads it` }],
      },
    ];
  });
}

function droppedTable(schema: Schema, name: string, project: Project): Located<Slots>[] {
  const removal = schema.prefix === null ? removed(project).get(name) : undefined;
  if (removal === undefined || !isSameRepository(removal)) return [];
  const gone = removal.renamedTo === null ? "is gone" : `is named \`${removal.renamedTo}\``;
  return [
    {
      at: removal.at,
      confidence: isUnread(name, project) ? "possible" : "certain",
      slots: {
        gone: `the table \`${name}\` ${gone}`,
        schema: schema.module,
        reads: "reads and writes it",
        failing: `the relation \`${name}\` does not exist`,
      },
      evidence: [{ at: schema, note: `${schema.module} reads it` }],
    },
  ];
}

const beside = /(^|\/)(test|priv|bench|examples?)\//;

/** Which of some schemas the application itself uses: one that migrations bring along, or no other file names, shows the table as it was. */
function runningAmong(schemas: readonly Schema[], project: Project): Set<string> {
  const asked = new Map(schemas.filter(({ path }) => !beside.test(path)).map((schema) => [schema.module, schema.path]));
  const running = new Set<string>();
  for (const facts of asked.size === 0 ? [] : project.files.values()) {
    if (beside.test(facts.path)) continue;
    const named = namesIn(facts).filter((name) => asked.has(name) && asked.get(name) !== facts.path && !running.has(name));
    if (named.length > 0 && runsInMigration(facts, project) === null) for (const name of named) running.add(name);
    if (running.size === asked.size) break;
  }
  return running;
}

function namesIn(facts: Facts): string[] {
  return facts.modules.flatMap((module) =>
    [outlineOfBody(module), ...module.functions.flatMap(({ clauses }) => clauses.map(outlineOfClause))].flatMap(
      ({ calls, modules, structs }) => [...calls.flatMap((call) => call.module ?? []), ...modules.map(({ name }) => name), ...structs],
    ),
  );
}

/** `field :name, :string, source: :title`, `timestamps(inserted_at_source: …)`. */
function hasSource(field: SchemaField, project: Project): boolean {
  const facts = project.files.get(field.path);
  const calls = (facts?.modules ?? []).flatMap((module) => module.body.flatMap((call) => collect(call, "call")));
  const written = calls.find((call) => call.span.start === field.span.start && call.span.end === field.span.end);
  return (
    ["source", "inserted_at_source", "updated_at_source"].some((option) => optionOf(written, option) !== null) ||
    (facts?.modules ?? []).some((module) => module.attributes.some(({ name }) => name === "field_source_mapper"))
  );
}

/** Whether one folder of migrations both made and removed it: several databases may have tables of one name. */
function isSameRepository({ at, from }: Removal): boolean {
  const folder = (path: string) => path.replace(/\/\w*migrations\/.*$/, "");
  return from !== null && folder(from.path) === folder(at.path);
}

function isUnread(table: string, project: Project): boolean {
  return project.database.unread.some(
    (statement) => statement.table === table || (statement.table === null && statement.text.includes(table)),
  );
}
