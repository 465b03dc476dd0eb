import type { Call } from "../../../model/expression.js";
import { outlineOfClause } from "../../../model/outline.js";
import type { Changeset, Column, Location, Project } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import { callersOf } from "../../../project/callers-of.js";
import { changesetsOf } from "../../../project/changesets/changesets-of.js";
import { repositoryCall } from "../../../project/repository-call.js";
import { moduleNameOf, stringOf } from "../../../project/values.js";
import { defineRule, type Clue, type Match } from "../../define.js";
import { servingDefinitions } from "../../shared/definitions.js";
import { perProject } from "../../shared/per-project.js";
import { isProduction } from "../../shared/production.js";
import { columnOf, storedSchemas, type StoredSchema } from "../../shared/stored-schemas.js";

type Slots = { columns: string; table: string; schema: string; first: string; count: number };

const schemaText = `defmodule Shop.Invoice do
  use Ecto.Schema
  import Ecto.Changeset

  schema "invoices" do
    field :number, :string
    field :note, :string
  end

  def changeset(invoice, attributes) do
    invoice
    |> cast(attributes, [:number, :note])
    |> validate_required([:number])
  end
end
`;

const contextText = `defmodule Shop.Invoices do
  def create(attributes), do: %Shop.Invoice{} |> Shop.Invoice.changeset(attributes) |> Shop.Repo.insert()

  # a write that no changeset sees
  def import(rows), do: Shop.Repo.insert_all(Shop.Invoice, rows)
end
`;

const migrationText = (options: string): string => `defmodule Shop.Repo.Migrations.CreateInvoices do
  use Ecto.Migration

  def change do
    create table(:invoices) do
      add :number, :string${options}
      add :note, :string
    end
  end
end
`;

export const requiredButNullable = defineRule<Slots>({
  id: "required-but-nullable",
  title: "A field that every changeset requires may be NULL in the database",
  trigger: "critical_pattern",
  area: "data",
  severity: "low",
  cwe: ["CWE-694"],
  silencedBy: {},
  fix: "set-not-null",
  match(facts, project) {
    if (!isProduction(facts.path)) return [];
    return storedSchemas(facts, project).flatMap((stored) => matchesIn(stored, facts.path, project));
  },
  what: ({ columns, table, schema, count }) =>
    `Every changeset of \`${schema}\` that writes ${columns} requires ${count === 1 ? "it" : "them"}, but \`${table}\` takes NULL there, and rows are written past the changesets.`,
  why: ({ first, table }) =>
    `\`insert_all\`, \`update_all\` and SQL don't run validations: one forgotten \`${first}\` is stored, and code that reads \`${table}\` in the belief that it is always there breaks later, far from the write.`,
  instead: ({ table, first }) =>
    `Fill the rows that lack it, then forbid NULL in steps that don't hold the table: \`create constraint(:${table}, :${first}_is_there, check: "${first} IS NOT NULL", validate: false)\`, validate it in a later migration, and set the column NOT NULL after that.`,
  notWhen: [
    "The column is NOT NULL, has a default, is part of the primary key, or a check constraint speaks of it.",
    "A changeset writes the field without requiring it, or what it casts is not known from the code.",
    "Nothing writes rows of the schema past its changesets (`insert_all`): then it is `possible`, said once a table.",
    "No serving code calls the changesets.",
  ],
  examples: [
    {
      bad: {
        "lib/shop/repo.ex": "defmodule Shop.Repo do\n  use Ecto.Repo, otp_app: :shop\nend\n",
        "lib/shop/invoice.ex": schemaText,
        "lib/shop/invoices.ex": contextText,
        "priv/repo/migrations/20240101000000_create_invoices.exs": migrationText(""),
      },
      at: "validate_required([:number])",
      good: {
        "lib/shop/repo.ex": "defmodule Shop.Repo do\n  use Ecto.Repo, otp_app: :shop\nend\n",
        "lib/shop/invoice.ex": schemaText,
        "lib/shop/invoices.ex": contextText,
        "priv/repo/migrations/20240101000000_create_invoices.exs": migrationText(", null: false"),
      },
    },
  ],
});

function matchesIn(stored: StoredSchema, path: string, project: Project): Match<Slots>[] {
  const { schema, table } = stored;
  const changesets = changesetsOf(project, schema);
  const used = changesets.filter((changeset) => callersOf(project, changeset.function).some((site) => isProduction(site.path)));
  if (used.length === 0 || changesets.some(({ casts }) => casts.some(({ fields }) => fields === null))) return [];
  const columns = alwaysRequired(changesets).flatMap((field) => {
    const column = table.columns.get(columnOf(schema, field));
    const hasDefault = schema.fields.find((candidate) => candidate.name === field)?.default ?? null;
    return column === undefined || hasDefault !== null || !mayBeNull(column, stored) ? [] : [column];
  });
  const [first] = columns;
  const step = used
    .flatMap(({ required }) => required)
    .find((candidate) => candidate.path === path && candidate.fields?.includes(first?.name ?? ""));
  if (first === undefined || step === undefined) return [];
  const past = writtenPast(stored, project);
  return [
    {
      span: step.span,
      confidence: past === null ? "possible" : "likely",
      slots: {
        columns: columns.map((column) => `\`${column.name}\``).join(", "),
        table: table.name,
        schema: schema.module.split(".").slice(-2).join("."),
        first: first.name,
        count: columns.length,
      },
      evidence: [{ at: first, note: `${table.name}.${first.name} is made here and takes NULL` }, ...(past === null ? [] : [past])],
    },
  ];
}

/** Fields that some changeset casts and every changeset that casts them requires. */
function alwaysRequired(changesets: readonly Changeset[]): string[] {
  const cast = new Set(changesets.flatMap(({ casts }) => casts.flatMap(({ fields }) => fields ?? [])));
  return [...cast].filter((field) =>
    changesets.every(({ casts, required }) => {
      const writes = casts.some(({ fields }) => fields?.includes(field));
      return !writes || required.some(({ fields }) => fields?.includes(field));
    }),
  );
}

function mayBeNull(column: Column, { table }: StoredSchema): boolean {
  const checked = table.constraints.some(({ kind, definition }) => kind === "check" && new RegExp(`\\b${column.name}\\b`).test(definition));
  return column.nullable && !column.primaryKey && column.default === null && !checked;
}

/** Where serving code writes many rows of the schema at once. */
function writtenPast({ schema }: StoredSchema, project: Project): Clue | null {
  for (const { at, call } of bulkWrites(project)) {
    const [target] = call.arguments;
    if (moduleNameOf(target) === schema.module || stringOf(target) === schema.table)
      return { at, note: "rows are written here past the changesets" };
  }
  return null;
}

const bulkWrites = perProject((project): readonly { readonly at: Location; readonly call: Call }[] =>
  [...project.files.values()].flatMap((facts) =>
    servingDefinitions(facts, project)
      .filter(({ clause }) => outlineOfClause(clause).calls.some((call) => call.function === "insert_all"))
      .flatMap(({ body }) =>
        collect(body, "call")
          .filter((call) => call.function === "insert_all" && repositoryCall(project, call) !== null)
          .map((call) => ({ at: { path: facts.path, span: call.segment }, call })),
      ),
  ),
);
