import type { Association, Column, Project, Schema, Table } from "../../../model/project.js";
import { tableOf } from "../../../project/schema-of.js";
import { defineRule, type Match } from "../../define.js";
import { perProject } from "../../shared/per-project.js";
import { isProduction } from "../../shared/production.js";
import { columnOf } from "../../shared/stored-schemas.js";

type Slots = { table: string; column: string; target: string; association: string; schema: string; share: string; modify: string };

const schemaText = `defmodule Shop.Parcel do
  use Ecto.Schema

  schema "parcels" do
    belongs_to :order, Shop.Order
    belongs_to :sender, Shop.User
    belongs_to :driver, Shop.User
    belongs_to :payer, Shop.User
  end
end
`;
const owners = {
  "lib/shop/order.ex": 'defmodule Shop.Order do\n  use Ecto.Schema\n\n  schema "orders" do\n  end\nend\n',
  "lib/shop/user.ex": 'defmodule Shop.User do\n  use Ecto.Schema\n\n  schema "users" do\n  end\nend\n',
};

export const referenceWithoutForeignKey = defineRule<Slots>({
  id: "reference-without-foreign-key",
  title: "A belongs_to has no foreign key in the database",
  trigger: "critical_pattern",
  area: "migrations",
  severity: "medium",
  cwe: ["CWE-694"],
  silencedBy: {},
  fix: "add-foreign-key",
  where: (project) => bareByPath(project),
  match(facts, project) {
    return (bareByPath(project).get(facts.path) ?? []).map((reference) => matchOf(reference, project));
  },
  what: ({ schema, association, table, column, target }) =>
    `\`${schema}\` belongs to \`:${association}\`, but no migration makes \`${table}.${column}\` a foreign key to \`${target}\`.`,
  why: ({ table, target, association, share }) =>
    `Deleting a \`${target}\` row leaves rows of \`${table}\` that point to nothing (\`preload: :${association}\` gives nil and inner joins drop them), and an id that never existed is stored too. ${share} other \`belongs_to\` columns of this project are foreign keys.`,
  instead: ({ modify }) =>
    `Repair the rows that point to nothing, then add the key in a migration without holding the table: \`${modify}\` in \`alter table\`, and validate it in a later one.`,
  notWhen: [
    "SQL of a migration, structure.sql or a later `modify` adds the key.",
    "The project hardly uses foreign keys: fewer than two thirds of its `belongs_to` columns have one.",
    "The association is polymorphic (a type or table column beside it), or several schemas point through the column to different tables.",
    "The other table is not made by the same folder of migrations, has another prefix, or has a key of another type: it may live in another database.",
    "Either table is partitioned, distributed or a hypertable, or a statement that could not be read touches the table.",
    "The table keeps what happened (events, logs, versions, audits): it is meant to outlive what it speaks of.",
    "The database is SQLite or ClickHouse, or the schema stands in a test.",
  ],
  examples: [
    {
      bad: {
        ...owners,
        "lib/shop/parcel.ex": schemaText,
        "priv/repo/migrations/20240101000000_create_parcels.exs": migrationText("add :order_id, :bigint"),
      },
      at: "add :order_id, :bigint",
      good: {
        ...owners,
        "lib/shop/parcel.ex": schemaText,
        "priv/repo/migrations/20240101000000_create_parcels.exs": migrationText("add :order_id, references(:orders)"),
      },
    },
  ],
});

function migrationText(column: string): string {
  return `defmodule Shop.Repo.Migrations.CreateParcels do
  use Ecto.Migration

  def change do
    create table(:users)
    create table(:orders)

    create table(:parcels) do
      ${column}
      add :sender_id, references(:users)
      add :driver_id, references(:users)
      add :payer_id, references(:users)
    end
  end
end
`;
}

interface Reference {
  readonly schema: Schema;
  readonly association: Association;
  readonly table: Table;
  readonly column: Column;
  readonly target: Table;
}

const enoughKeys = 3;
const usualShare = 2 / 3;
/** Tables that keep what happened, whatever became of what it happened to. */
const outliving =
  /(^|[._])(logs?|events?|audits?|versions?|histor(y|ies)|activities|activity|snapshots?|archives?|archived_\w+|deleted_\w+|stats?|statistics|metrics|views|visits|impressions|tmp_\w+|temp_\w+)$/;

const referencesOf = perProject((project): { readonly bare: readonly Reference[]; readonly keyed: number } => {
  const bare = new Map<Column, Reference>();
  const ambiguous = new Set<Column>();
  const keyed = new Set<Column>();
  for (const schema of project.schemas.values()) {
    const table = tableOf(project, schema);
    if (table === null || !isProduction(schema.path)) continue;
    for (const association of schema.associations) {
      if (association.cardinality !== "belongs_to" || association.foreignKey === null) continue;
      const column = table.columns.get(columnOf(schema, association.foreignKey));
      const owner = project.schemas.get(association.schema ?? "");
      const target = owner === undefined ? null : tableOf(project, owner);
      if (column === undefined || owner === undefined || target === null) continue;
      const earlier = bare.get(column);
      if (earlier !== undefined && earlier.target !== target) ambiguous.add(column);
      if (column.references !== null) keyed.add(column);
      else if (couldBeKey({ schema, association, table, column, target }, owner))
        bare.set(column, { schema, association, table, column, target });
    }
  }
  return { bare: [...bare.values()].filter(({ column }) => !ambiguous.has(column)), keyed: keyed.size };
});

const bareByPath = perProject((project): ReadonlyMap<string, readonly Reference[]> => {
  const { bare, keyed } = referencesOf(project);
  const byPath = new Map<string, Reference[]>();
  if (keyed < enoughKeys || keyed / (keyed + bare.length) < usualShare || !knowsForeignKeys(project)) return byPath;
  for (const reference of bare) {
    if (isTouched(project, reference)) continue;
    byPath.set(reference.column.path, [...(byPath.get(reference.column.path) ?? []), reference]);
  }
  return byPath;
});

function couldBeKey({ table, column, target, association }: Reference, owner: Schema): boolean {
  const [key] = owner.primaryKey;
  const pointed = key === undefined ? undefined : target.columns.get(columnOf(owner, key));
  if (pointed === undefined || owner.primaryKey.length !== 1 || column.primaryKey || kindOf(pointed.type) !== kindOf(column.type))
    return false;
  const stem = column.name.replace(/_(id|uuid)$/, "");
  const polymorphic = ["type", "table", "kind", "schema", "module"].some((ending) => table.columns.has(`${stem}_${ending}`));
  return !polymorphic && folderOf(table) === folderOf(target) && prefixOf(table) === prefixOf(target) && association.through.length === 0;
}

/** Integers of any width, or UUIDs; another type stands for itself. */
function kindOf(type: string): string {
  if (/^:?(bigserial|serial|bigint|integer|int\d?|id|identity|smallint)$/.test(type)) return "integer";
  return /^:?(binary_id|uuid|Ecto\.UUID)$/.test(type) ? "uuid" : type;
}

function folderOf(table: Table): string {
  return table.path.replace(/migrations\/.*$/, "");
}

function prefixOf(table: Table): string {
  return table.name.includes(".") ? table.name.slice(0, table.name.indexOf(".")) : "";
}

function knowsForeignKeys({ dependencies }: Project): boolean {
  return !(dependencies.has("ecto_sqlite3") || dependencies.has("exqlite") || dependencies.has("ecto_ch")) || dependencies.has("postgrex");
}

/** A statement nobody could read, or one that parts or distributes the table, speaks of it. */
function isTouched({ database }: Project, { table, target }: Reference): boolean {
  const names = [table, target].map(({ name }) => name.split(".").at(-1) ?? name);
  return database.unread.some(
    ({ table: named, text }) => named === table.name || names.some((name) => new RegExp(`\\b${name}\\b`).test(text)),
  );
}

function matchOf({ schema, association, table, column, target }: Reference, project: Project): Match<Slots> {
  const { keyed, bare } = referencesOf(project);
  const short = target.name.split(".").at(-1) ?? target.name;
  const nameless = project.database.unread.some(({ text }) => text === "execute");
  return {
    span: column.span,
    confidence: nameless || outliving.test(table.name) ? "possible" : "likely",
    slots: {
      table: table.name,
      column: column.name,
      target: target.name,
      association: association.name,
      schema: schema.module.split(".").slice(-2).join("."),
      share: `${String(keyed)} of ${String(keyed + bare.length - 1)}`,
      modify: `modify :${column.name}, references(:${short}${kindOf(column.type) === "uuid" ? ", type: :binary_id" : ""}, validate: false)`,
    },
    evidence: [
      { at: association, note: `belongs_to :${association.name}` },
      { at: target, note: `${target.name} is created here` },
    ],
  };
}
