import type { Changeset, ChangesetConstraint, Project, Table } from "../../../model/project.js";
import { changesetsOf } from "../../../project/changesets/changesets-of.js";
import { tableOf } from "../../../project/schema-of.js";
import { defineRule, type Match } from "../../define.js";
import { perProject } from "../../shared/per-project.js";
import { isNamedAs } from "../../shared/unique-indexes.js";
import { storedSchemas, columnOf, type StoredSchema } from "../../shared/stored-schemas.js";

type Kind = "foreign_key" | "association" | "no_association" | "check" | "exclusion";
type Slots = { call: string; kind: string; table: string; name: string; other: string; add: string };

const spokenKind: Readonly<Record<Kind, string>> = {
  foreign_key: "foreign key",
  association: "foreign key",
  no_association: "foreign key",
  check: "check constraint",
  exclusion: "exclusion constraint",
};

const migrationText = `defmodule Shop.Repo.Migrations.CreateTickets do
  use Ecto.Migration

  def change do
    create table(:tickets) do
      add :price, :integer
    end

    create constraint(:tickets, :price_is_positive, check: "price > 0")
  end
end
`;

export const constraintNotInDatabase = defineRule<Slots>({
  id: "constraint-not-in-database",
  title: "A changeset waits for a constraint that the database does not have",
  trigger: "critical_pattern",
  area: "data",
  severity: "medium",
  cwe: ["CWE-694"],
  silencedBy: {},
  fix: "match-constraint",
  match(facts, project) {
    if (!namesForeignKeys(project)) return [];
    return storedSchemas(facts, project).flatMap((stored) => matchesIn(stored, facts.path, project));
  },
  what: ({ call, kind, table, name, other }) =>
    other === ""
      ? `\`${call}\` waits for the ${kind} \`${name}\`, but after every migration has run \`${table}\` has none of that name and none on these columns.`
      : `\`${call}\` waits for the ${kind} \`${name}\`, but that of \`${table}\` is called \`${other}\`.`,
  why: ({ kind, other }) =>
    other === ""
      ? `A constraint of a changeset checks nothing itself, it only turns the database's refusal into an error of the field; without the ${kind} nothing is refused and rows that break it are stored.`
      : `Ecto compares names: the database refuses the row under the other name, and the write raises \`Ecto.ConstraintError\` where the caller expects \`{:error, changeset}\`.`,
  instead: ({ call, other, add }) =>
    other === "" ? `Repair the rows that break it, then ${add}; or drop \`${call}\` if it is not meant.` : add,
  notWhen: [
    "A constraint of that name exists, also on another table, after a rename, in structure.sql or in plain SQL of a migration.",
    "No migration makes the table or the column, or a statement that could not be read may have made the constraint.",
    "The name is not known from the code alone.",
    "The database is SQLite, whose foreign keys have no names.",
    "It is a unique constraint: constraint-without-index looks at those.",
  ],
  examples: [
    {
      bad: {
        "lib/shop/ticket.ex": schemaText("check_constraint(:price, name: :price_must_be_positive)"),
        "priv/repo/migrations/20240101000000_create_tickets.exs": migrationText,
      },
      at: "check_constraint(:price, name: :price_must_be_positive)",
      good: {
        "lib/shop/ticket.ex": schemaText("check_constraint(:price, name: :price_is_positive)"),
        "priv/repo/migrations/20240101000000_create_tickets.exs": migrationText,
      },
    },
  ],
});

function schemaText(constraint: string): string {
  return `defmodule Shop.Ticket do
  use Ecto.Schema
  import Ecto.Changeset

  schema "tickets" do
    field :price, :integer
  end

  def changeset(ticket, attributes) do
    ticket
    |> cast(attributes, [:price])
    |> ${constraint}
  end
end
`;
}

/** SQLite refuses without saying which key it was. */
function namesForeignKeys(project: Project): boolean {
  return !project.dependencies.has("ecto_sqlite3") || project.dependencies.has("postgrex");
}

function matchesIn(stored: StoredSchema, path: string, project: Project): Match<Slots>[] {
  const told = new Set<string>();
  return changesetsOf(project, stored.schema)
    .flatMap((changeset: Changeset) => changeset.constraints)
    .flatMap((constraint) => {
      const { kind } = constraint;
      if (kind === "unique" || kind === "unsafe_unique" || constraint.path !== path) return [];
      const waited = waitedFor({ ...constraint, kind }, stored, project);
      if (waited === null || told.has(waited.name)) return [];
      told.add(waited.name);
      if (isAnywhere(project, waited.name, constraint.match)) return [];
      return matchOf({ ...constraint, kind }, waited, project);
    });
}

interface Waited {
  readonly name: string;
  /** The table that should have it, and the column it is about where that is known. */
  readonly table: Table;
  readonly column: string | null;
}

/** The constraint a call waits for: its `name:`, or Ecto's default for the field or association. */
function waitedFor(
  { kind, name, nameUnread, fields }: ChangesetConstraint & { readonly kind: Kind },
  { schema, table }: StoredSchema,
  project: Project,
): Waited | null {
  const [field] = fields ?? [];
  if (nameUnread || (field === undefined && name === null)) return null;
  if (kind === "check" || kind === "exclusion") {
    const fallback = kind === "exclusion" && field !== undefined ? `${schema.table ?? ""}_${columnOf(schema, field)}_exclusion` : null;
    const known = name ?? fallback;
    return known === null ? null : { name: known, table, column: null };
  }
  const association = schema.associations.find((candidate) => candidate.name === field);
  if (kind === "no_association") {
    const related = project.schemas.get(association?.schema ?? "");
    const relatedTable = related === undefined ? null : tableOf(project, related);
    const key = association?.foreignKey ?? null;
    if (related === undefined || relatedTable === null || key === null) return null;
    const column = columnOf(related, key);
    return { name: name ?? `${related.table ?? ""}_${column}_fkey`, table: relatedTable, column };
  }
  if (field === undefined || (association !== undefined && association.cardinality !== "belongs_to")) return null;
  const column = columnOf(schema, association?.foreignKey ?? field);
  return { name: name ?? `${schema.table ?? ""}_${kind === "association" ? column : columnOf(schema, field)}_fkey`, table, column };
}

/** A schema may stand for several tables, and a write may break a constraint of another table by a trigger. */
function isAnywhere(project: Project, name: string, match: ChangesetConstraint["match"]): boolean {
  return namesInDatabase(project).some((known) => isNamedAs(known, name, match));
}

const namesInDatabase = perProject((project): readonly string[] =>
  [...project.database.tables.values()].flatMap((table) => [
    ...table.foreignKeys.keys(),
    ...table.constraints.map((constraint) => constraint.name),
    ...table.indexes.map((index) => index.name),
  ]),
);

function matchOf({ kind, fields, span }: ChangesetConstraint & { readonly kind: Kind }, waited: Waited, project: Project): Match<Slots>[] {
  const { name, table, column } = waited;
  const stored = column === null ? undefined : table.columns.get(column);
  if (column !== null && stored === undefined) return [];
  const other = column === null ? undefined : [...table.foreignKeys].find(([, kept]) => kept === column)?.[0];
  const call = `${callNames[kind]}(${fields?.[0] === undefined ? "…" : `:${fields[0]}`})`;
  const add = additionOf(kind, waited, stored?.type, other);
  return [
    {
      span,
      confidence: isDoubtful(project, table) ? "possible" : other === undefined ? "likely" : "certain",
      slots: { call, kind: spokenKind[kind], table: table.name, name, other: other ?? "", add },
      evidence: [
        { at: stored ?? table, note: stored === undefined ? `${table.name} is created here` : `${table.name}.${stored.name} is made here` },
      ],
    },
  ];
}

const callNames: Readonly<Record<Kind, string>> = {
  foreign_key: "foreign_key_constraint",
  association: "assoc_constraint",
  no_association: "no_assoc_constraint",
  check: "check_constraint",
  exclusion: "exclusion_constraint",
};

function additionOf(kind: Kind, { table, name, column }: Waited, type: string | undefined, other: string | undefined): string {
  if (other !== undefined) {
    const isDefault = kind === "foreign_key" && other === `${table.name}_${column ?? ""}_fkey`;
    return isDefault ? `Name the key itself: \`foreign_key_constraint(:${column ?? ""})\`.` : `Pass \`name: :${other}\`.`;
  }
  if (kind !== "check" && kind !== "exclusion") {
    const options = type === undefined ? "…" : `…, type: :${type}`;
    return `add the foreign key in a migration (\`modify :${column ?? ""}, references(${options})\` in \`alter table(:${table.name})\`)`;
  }
  return `add it in a migration (\`create constraint(:${table.name}, :${name}, ${kind === "check" ? "check" : "exclude"}: "…")\`)`;
}

function isDoubtful(project: Project, table: Table): boolean {
  const bare = table.name.split(".").at(-1) ?? table.name;
  return project.database.unread.some(
    ({ table: named, text }) => named === table.name || text === "execute" || text.includes(bare) || text.includes("unknown_value"),
  );
}
