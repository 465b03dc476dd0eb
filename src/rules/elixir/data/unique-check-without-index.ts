import type { ChangesetConstraint, Project } from "../../../model/project.js";
import { callersOf } from "../../../project/callers-of.js";
import { changesetsOf } from "../../../project/changesets/changesets-of.js";
import { defineRule, type Match } from "../../define.js";
import { isProduction } from "../../shared/production.js";
import { columnOf, storedSchemas, type StoredSchema } from "../../shared/stored-schemas.js";
import { uniqueIndexes, uniquenessDoubt } from "../../shared/unique-indexes.js";

type Slots = { columns: string; table: string; function: string; index: string };

const schemaText = `defmodule Shop.Member do
  use Ecto.Schema
  import Ecto.Changeset

  schema "members" do
    field :nickname, :string
  end

  def changeset(member, attributes) do
    member
    |> cast(attributes, [:nickname])
    |> unsafe_validate_unique(:nickname, Shop.Repo)
  end
end
`;

const contextText = `defmodule Shop.Members do
  def join(attributes), do: %Shop.Member{} |> Shop.Member.changeset(attributes) |> Shop.Repo.insert()
end
`;

export const uniqueCheckWithoutIndex = defineRule<Slots>({
  id: "unique-check-without-index",
  title: "Uniqueness is only asked, and nothing enforces it",
  trigger: "critical_pattern",
  area: "data",
  severity: "medium",
  cwe: ["CWE-367"],
  silencedBy: {},
  fix: "add-unique-index",
  match(facts, project) {
    if (!isProduction(facts.path)) return [];
    return storedSchemas(facts, project).flatMap((stored) => matchesIn(stored, facts.path, project));
  },
  what: ({ columns, table, function: name }) =>
    `\`${name}\` asks with \`unsafe_validate_unique\` whether ${columns} is taken, and after every migration has run \`${table}\` has no unique index on it.`,
  why: ({ columns, table }) =>
    `Two requests at the same time both find ${columns} free and both write: \`${table}\` then holds the value twice. The function is called unsafe because only an index decides; it saves people a round trip through the database's refusal, no more.`,
  instead: ({ index, columns }) =>
    `Merge the duplicates that exist, add a migration with \`${index}\`, and put \`unique_constraint\` on ${columns} beside the check.`,
  notWhen: [
    "A unique index, unique constraint or primary key covers the columns or some of them, also as an expression (`lower(email)`) or for part of the rows.",
    "Only tests call the function.",
    "The columns are not known from the code, or no migration makes one of them.",
    "A statement that could not be read may have made the index.",
  ],
  examples: [
    {
      bad: {
        "lib/shop/member.ex": schemaText,
        "lib/shop/members.ex": contextText,
        "priv/repo/migrations/20240101000000_create_members.exs": migrationText("create index(:members, [:nickname])"),
      },
      at: "unsafe_validate_unique(:nickname, Shop.Repo)",
      good: {
        "lib/shop/member.ex": schemaText,
        "lib/shop/members.ex": contextText,
        "priv/repo/migrations/20240101000000_create_members.exs": migrationText('create unique_index(:members, ["lower(nickname)"])'),
      },
    },
  ],
});

function migrationText(index: string): string {
  return `defmodule Shop.Repo.Migrations.CreateMembers do
  use Ecto.Migration

  def change do
    create table(:members) do
      add :nickname, :string
    end

    ${index}
  end
end
`;
}

function matchesIn(stored: StoredSchema, path: string, project: Project): Match<Slots>[] {
  const { schema, table } = stored;
  if (uniquenessDoubt(project.database, table)) return [];
  const told = new Set<string>();
  return changesetsOf(project, schema).flatMap((changeset) => {
    if (!callersOf(project, changeset.function).some((site) => isProduction(site.path))) return [];
    return changeset.constraints.flatMap((constraint) => {
      const columns = unkept(constraint, stored);
      if (columns === null || constraint.path !== path || told.has(columns.join())) return [];
      told.add(columns.join());
      const written = columns.map((column) => `:${column}`).join(", ");
      return [
        {
          span: constraint.span,
          confidence: "likely" as const,
          slots: {
            columns: columns.map((column) => `\`${column}\``).join(", "),
            table: table.name,
            function: changeset.function.split(".").slice(-2).join("."),
            index: `create unique_index(:${table.name}, [${written}])`,
          },
          evidence: [{ at: table, note: `${table.name} is created here` }],
        },
      ];
    });
  });
}

/** The columns a check is about when no unique index is about any of them; null otherwise. */
function unkept({ kind, fields }: ChangesetConstraint, { schema, table }: StoredSchema): readonly string[] | null {
  if (kind !== "unsafe_unique" || fields === null || fields.length === 0) return null;
  const columns = fields.map((field) => columnOf(schema, field));
  if (!columns.every((column) => table.columns.has(column))) return null;
  const kept = uniqueIndexes(table).some((index) => {
    const plain = index.columns.filter((column) => !column.startsWith("("));
    const inExpressions = index.columns.filter((column) => column.startsWith("(")).join(" ");
    const about = columns.filter((column) => plain.includes(column) || new RegExp(`\\b${column}\\b`).test(inExpressions));
    return about.length > 0 && plain.every((column) => columns.includes(column));
  });
  return kept ? null : columns;
}
