import type { Identity, Table } from "../../../model/project.js";
import { defineRule } from "../../define.js";
import { columnOf, storedSchemas, type StoredSchema } from "../../shared/stored-schemas.js";
import { uniqueIndexes, uniquenessDoubt } from "../../shared/unique-indexes.js";

type Slots = { identity: string; resource: string; fields: string; table: string };

const migrationText = (index: string): string => `defmodule Blog.Repo.Migrations.CreateAuthors do
  use Ecto.Migration

  def up do
    create table(:authors, primary_key: false) do
      add :id, :uuid, null: false, primary_key: true
      add :email, :text
    end

    ${index}
  end
end
`;

const resourceText = `defmodule Blog.Author do
  use Ash.Resource, domain: Blog.Authors, data_layer: AshPostgres.DataLayer

  postgres do
    table "authors"
    repo Blog.Repo
  end

  attributes do
    uuid_primary_key :id
    attribute :email, :string
  end

  identities do
    identity :unique_email, [:email]
  end
end
`;

export const identityWithoutIndex = defineRule<Slots>({
  id: "identity-without-index",
  title: "An Ash identity has no unique index",
  trigger: "critical_pattern",
  area: "data",
  severity: "medium",
  cwe: ["CWE-694"],
  silencedBy: {},
  fix: "add-unique-index",
  match(facts, project) {
    return storedSchemas(facts, project).flatMap((stored) => {
      const identities = stored.schema.identities ?? [];
      if (identities.length === 0 || uniquenessDoubt(project.database, stored.table)) return [];
      return identities
        .filter((identity) => !isKept(identity, stored))
        .map((identity) => ({
          span: identity.span,
          confidence: "likely" as const,
          slots: {
            identity: identity.name,
            resource: stored.schema.module.split(".").slice(-2).join("."),
            fields: identity.fields.map((field) => `\`${field}\``).join(", "),
            table: stored.table.name,
          },
          evidence: [{ at: stored.table, note: `${stored.table.name} is created here` }],
        }));
    });
  },
  what: ({ identity, resource, fields, table }) =>
    `\`${resource}\` declares the identity \`${identity}\` on ${fields}, but after every migration has run \`${table}\` has no unique index on it.`,
  why: ({ identity, table }) =>
    `An identity is kept by the database alone: without the index \`${table}\` takes duplicates, \`Ash.get\` by it raises on two rows, and an upsert with \`upsert_identity: :${identity}\` fails because nothing matches its ON CONFLICT.`,
  instead: () => "Merge the duplicates that exist, then write the missing migration with `mix ash.codegen` and run it.",
  notWhen: [
    "A unique index, unique constraint or primary key holds the fields, with a tenant's column or a condition beside them too.",
    "A field of the identity is no column (a calculation), or no migration makes the table.",
    "A statement that could not be read may have made the index.",
  ],
  examples: [
    {
      bad: {
        "lib/blog/author.ex": resourceText,
        "priv/repo/migrations/20240101000000_create_authors.exs": migrationText("create index(:authors, [:email])"),
      },
      at: "identity :unique_email, [:email]",
      good: {
        "lib/blog/author.ex": resourceText,
        "priv/repo/migrations/20240101000000_create_authors.exs": migrationText(
          'create unique_index(:authors, [:email], name: "authors_unique_email_index")',
        ),
      },
    },
  ],
});

/** A tenant's column may stand before the fields. */
function isKept({ fields }: Identity, { schema, table }: StoredSchema): boolean {
  const columns = fields.map((field) => columnOf(schema, field));
  return columns.length === 0 || !columns.every((column) => table.columns.has(column)) || uniqueOver(table, columns);
}

function uniqueOver(table: Table, columns: readonly string[]): boolean {
  return uniqueIndexes(table).some((index) => {
    const others = index.columns.filter((column) => !columns.some((wanted) => new RegExp(`\\b${wanted}\\b`).test(column)));
    return index.columns.length - others.length >= columns.length && others.length <= 1;
  });
}
