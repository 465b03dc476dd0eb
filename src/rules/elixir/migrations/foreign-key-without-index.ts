import type { Column, Database, Project, Table } from "../../../model/project.js";
import { isIndexed } from "../../../project/schema-of.js";
import { defineRule, type Clue, type Match } from "../../define.js";
import { isReadOften, keyReader, schemasOf } from "../../shared/key-readers.js";
import { perProject } from "../../shared/per-project.js";

type Slots = { table: string; column: string; target: string; onDelete: string; readBy: string; index: string; resource: string };

export const foreignKeyWithoutIndex = defineRule<Slots>({
  id: "foreign-key-without-index",
  title: "A foreign key has no index",
  trigger: "missing_indexes",
  area: "migrations",
  severity: "medium",
  cwe: ["CWE-1089"],
  silencedBy: {},
  fix: "add-index-migration",
  where: (project) => columnsByPath(project),
  match(facts, project) {
    const tables = columnsByPath(project).get(facts.path) ?? [];
    if (tables.length === 0 || indexesForeignKeys(project)) return [];
    return tables.flatMap(({ table, column }) => matchOf(table, column, project));
  },
  what: ({ table, column, target }) =>
    `\`${table}.${column}\` points to \`${target}\`, and after every migration has run no index over all rows of \`${table}\` begins with it.`,
  why: ({ table, column, target, onDelete, readBy }) =>
    [
      `PostgreSQL does not index a foreign key by itself, so finding the \`${table}\` of one \`${target}\` row reads the whole of \`${table}\``,
      readBy === "" ? "" : `, which \`${readBy}\` asks for`,
      onDelete === ""
        ? `, and so does the check when a \`${target}\` row is deleted.`
        : `, and so does every delete in \`${target}\` (\`on_delete: :${onDelete}\` on \`${column}\`).`,
    ].join(""),
  instead: ({ index, resource }) =>
    resource !== ""
      ? `${resource}, and let \`mix ash.codegen\` write the migration.`
      : `Add a new migration with \`${index}\`; on a table in use set \`@disable_ddl_transaction true\` and \`@disable_migration_lock true\` in that migration and pass \`concurrently: true\`.`,
  notWhen: [
    "An index, unique index, unique constraint or primary key begins with the column, composite ones included.",
    "A later migration adds the index, or drops the column or the table.",
    "SQL that could not be read names the table and the column.",
    "A partial index begins with the column and may cover the rows that matter (then it is `possible`).",
    "The database is MySQL, which indexes foreign keys itself.",
    "The column is not a foreign key: neither `references` nor a `belongs_to` names it.",
  ],
  examples: [
    {
      bad: {
        "priv/repo/migrations/20240101000000_create_comments.exs": `defmodule Shop.Repo.Migrations.CreateComments do
  use Ecto.Migration

  def change do
    create table(:comments) do
      add :body, :text
      add :post_id, references(:posts, on_delete: :delete_all)
    end
  end
end
`,
      },
      at: "add :post_id, references(:posts, on_delete: :delete_all)",
      good: {
        "priv/repo/migrations/20240101000000_create_comments.exs": `defmodule Shop.Repo.Migrations.CreateComments do
  use Ecto.Migration

  def change do
    create table(:comments) do
      add :body, :text
      add :post_id, references(:posts, on_delete: :delete_all)
    end
  end
end
`,
        "priv/repo/migrations/20240102000000_index_comments.exs": `defmodule Shop.Repo.Migrations.IndexComments do
  use Ecto.Migration

  def change do
    create unique_index(:comments, [:post_id, :body])
  end
end
`,
      },
    },
    {
      bad: {
        "lib/shop/line.ex": `defmodule Shop.Line do
  use Ecto.Schema

  schema "lines" do
    belongs_to :order, Shop.Order
  end
end
`,
        "lib/shop/order.ex": `defmodule Shop.Order do
  use Ecto.Schema

  schema "orders" do
    has_many :lines, Shop.Line
  end
end
`,
        "priv/repo/migrations/20240101000000_create_lines.exs": `defmodule Shop.Repo.Migrations.CreateLines do
  use Ecto.Migration

  def change do
    create table(:orders)

    create table(:lines) do
      add :order_id, :bigint
    end
  end
end
`,
      },
      at: "add :order_id, :bigint",
      good: {
        "lib/shop/line.ex": `defmodule Shop.Line do
  use Ecto.Schema

  schema "lines" do
    belongs_to :order, Shop.Order
  end
end
`,
        "priv/repo/migrations/20240101000000_create_lines.exs": `defmodule Shop.Repo.Migrations.CreateLines do
  use Ecto.Migration

  def change do
    create table(:orders)

    create table(:lines) do
      add :order_id, :bigint
    end

    create index(:lines, [:order_id])
  end
end
`,
      },
    },
  ],
});

interface TableColumn {
  readonly table: Table;
  readonly column: Column;
}

const columnsByPath = perProject((project) => {
  const byPath = new Map<string, TableColumn[]>();
  for (const table of project.database.tables.values()) {
    for (const column of table.columns.values()) {
      const earlier = byPath.get(column.path);
      if (earlier === undefined) byPath.set(column.path, [{ table, column }]);
      else earlier.push({ table, column });
    }
  }
  return byPath;
});

function matchOf(table: Table, column: Column, project: Project): Match<Slots>[] {
  const owner = belongsTo(project, table, column);
  const target = column.references?.table ?? owner?.target ?? null;
  if (target === null || isIndexed(table, column.name)) return [];
  const doubt = doubtAbout(project.database, table, column);
  if (doubt === "named") return [];
  const reader = keyReader(project, table, column);
  const onDelete = column.references?.onDelete ?? null;
  const isPartial = table.indexes.some((index) => index.columns[0] === column.name);
  const acts = onDelete !== null && /delete|nilify/.test(onDelete);
  return [
    {
      span: column.span,
      confidence: doubt === "unsure" || isPartial ? "possible" : column.references !== null ? "certain" : "likely",
      severity: isReadOften(project, table, column) ? "high" : "medium",
      slots: {
        table: table.name,
        column: column.name,
        target,
        onDelete: acts ? onDelete : "",
        readBy: reader?.name ?? "",
        index: `create index(:${table.name}, [:${column.name}])`,
        resource: resourceAdvice(project, table, column),
      },
      evidence: [...indexClues(table), ...(owner === null ? [] : [owner.clue]), ...(reader === null ? [] : [reader.clue])],
    },
  ];
}

function doubtAbout(database: Database, table: Table, column: Column): "none" | "unsure" | "named" {
  const bare = table.name.split(".").at(-1) ?? table.name;
  const about = database.unread.filter((statement) => statement.table === table.name || statement.text.includes(bare));
  if (about.some((statement) => statement.text.includes(column.name))) return "named";
  const nameless = database.unread.some((statement) => statement.table === null && /index/i.test(statement.text));
  return about.some((statement) => /index|drop|rename/i.test(statement.text)) || nameless ? "unsure" : "none";
}

/** MySQL makes an index for each foreign key. */
function indexesForeignKeys(project: Project): boolean {
  return project.dependencies.has("myxql") && !project.dependencies.has("postgrex");
}

function belongsTo(project: Project, table: Table, column: Column): { target: string; clue: Clue } | null {
  for (const schema of schemasOf(project, table.name)) {
    const association = schema.associations.find(
      (candidate) => candidate.cardinality === "belongs_to" && candidate.foreignKey === column.name,
    );
    if (association === undefined) continue;
    const target = project.schemas.get(association.schema ?? "")?.table ?? association.name;
    return { target, clue: { at: association, note: `${schema.module} belongs_to :${association.name} through it` } };
  }
  return null;
}

/** Where the index is declared when an Ash resource stands behind the table; empty when none does. */
function resourceAdvice(project: Project, table: Table, column: Column): string {
  for (const schema of schemasOf(project, table.name)) {
    const association = schema.associations.find(({ foreignKey }) => foreignKey === column.name);
    if (association === undefined || schema.identities === undefined) continue;
    if (association.reference?.indexed === true) return `\`${schema.module}\` asks for the index already: commit the migration`;
    return `Write \`reference :${association.name}, index?: true\` into \`references\` of \`${schema.module}\``;
  }
  return "";
}

/** The indexes that do exist, so that the reader can check the claim. */
function indexClues(table: Table): Clue[] {
  return table.indexes.slice(0, 3).map((index) => ({
    at: index,
    note: `an index of ${table.name}, on ${index.columns.join(", ")}`,
    comparison: true,
  }));
}
