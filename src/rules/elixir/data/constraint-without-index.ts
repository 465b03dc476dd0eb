import type { ChangesetConstraint, Index, Project, Schema, Table } from "../../../model/project.js";
import { changesetsOf } from "../../../project/changesets/changesets-of.js";
import { tableOf } from "../../../project/schema-of.js";
import { defineRule, type Clue, type Match } from "../../define.js";
import { expectedName, isAbout, isNamed, uniqueIndexes, uniquenessDoubt } from "../../shared/unique-indexes.js";

type Slots = { fields: string; table: string; name: string; other: string; index: string };

export const constraintWithoutIndex = defineRule<Slots>({
  id: "constraint-without-index",
  title: "A unique_constraint has no unique index",
  trigger: "critical_pattern",
  area: "data",
  severity: "medium",
  cwe: ["CWE-694"],
  silencedBy: {},
  fix: "match-unique-constraint",
  match(facts, project) {
    if (project.database.migrations === 0) return [];
    return facts.modules.flatMap((module) => {
      const schema = project.schemas.get(module.name);
      const table = schema === undefined ? null : tableOf(project, schema);
      return schema === undefined || table === null ? [] : matchesIn(schema, table, facts.path, project);
    });
  },
  what: ({ fields, table, name, other }) =>
    other === ""
      ? `The changeset declares \`unique_constraint\` on ${fields}, but after every migration has run \`${table}\` has no unique index \`${name}\` and none on these columns.`
      : `The changeset waits for a violation of \`${name}\`, but the unique index of \`${table}\` on these columns is called \`${other}\`.`,
  why: ({ table, other }) =>
    other === ""
      ? `\`unique_constraint\` checks nothing itself: it only turns the database's refusal into a changeset error. Without an index nothing is refused, so \`${table}\` takes duplicates and no test of the changeset shows it.`
      : `Ecto compares names, so a duplicate raises \`Ecto.ConstraintError\` and the person gets a server error in place of "has already been taken".`,
  instead: ({ other, index }) =>
    other === ""
      ? `Merge the duplicates that exist, then add a migration with \`${index}\`; or drop the constraint if repeats are meant to be possible.`
      : `Pass \`name: :${other}\` to \`unique_constraint\`, or rename the index.`,
  notWhen: [
    "A unique index, unique constraint or primary key of that name exists, also after a rename or in structure.sql.",
    "No migration creates the table, or the name is not known from the code.",
    "A statement that could not be read may touch the table's indexes (then it is `possible`).",
    "Another constraint of the same changeset waits for the index that covers the columns (then it is `possible`).",
  ],
  examples: [
    {
      bad: {
        "lib/shop/coupon.ex": `defmodule Shop.Coupon do
  use Ecto.Schema
  import Ecto.Changeset

  schema "coupons" do
    field :code, :string
  end

  def changeset(coupon, attributes) do
    coupon
    |> cast(attributes, [:code])
    |> unique_constraint(:code)
  end
end
`,
        "priv/repo/migrations/20240101000000_create_coupons.exs": `defmodule Shop.Repo.Migrations.CreateCoupons do
  use Ecto.Migration

  def change do
    create table(:coupons) do
      add :code, :string
    end

    create index(:coupons, [:code])
  end
end
`,
      },
      at: "unique_constraint(:code)",
      good: {
        "lib/shop/coupon.ex": `defmodule Shop.Coupon do
  use Ecto.Schema
  import Ecto.Changeset

  schema "coupons" do
    field :code, :string
  end

  def changeset(coupon, attributes) do
    coupon
    |> cast(attributes, [:code])
    |> unique_constraint(:code)
  end
end
`,
        "priv/repo/migrations/20240101000000_create_coupons.exs": `defmodule Shop.Repo.Migrations.CreateCoupons do
  use Ecto.Migration

  def change do
    create table(:coupons) do
      add :code, :string
    end

    create unique_index(:coupons, [:code])
  end
end
`,
      },
    },
  ],
});

function matchesIn(schema: Schema, table: Table, path: string, project: Project): Match<Slots>[] {
  const constraints = changesetsOf(project, schema).flatMap((changeset) =>
    changeset.constraints.filter((constraint) => constraint.kind === "unique"),
  );
  const known = uniqueIndexes(table);
  const doubtful = uniquenessDoubt(project.database, table);
  const told = new Set<number>();
  return constraints.flatMap((constraint) => {
    const name = expectedName(constraint, schema);
    if (told.has(constraint.span.start)) return [];
    told.add(constraint.span.start);
    if (constraint.path !== path || name === null || known.some((index) => isNamed(index, name, constraint.match))) return [];
    if (isElsewhere(project, name, constraint)) return [];
    return [matchOf({ schema, table, constraint, name, constraints, known, doubtful })];
  });
}

/** A schema may stand for several tables; an index of that very name is then meant. */
function isElsewhere(project: Project, name: string, constraint: ChangesetConstraint): boolean {
  if (constraint.name === null) return false;
  return [...project.database.tables.values()].some((table) =>
    uniqueIndexes(table).some((index) => isNamed(index, name, constraint.match)),
  );
}

interface Situation {
  readonly schema: Schema;
  readonly table: Table;
  readonly constraint: ChangesetConstraint;
  readonly name: string;
  readonly constraints: readonly ChangesetConstraint[];
  readonly known: readonly Index[];
  readonly doubtful: boolean;
}

function matchOf({ schema, table, constraint, name, constraints, known, doubtful }: Situation): Match<Slots> {
  const fields = constraint.fields ?? [];
  const covering = known.find((index) => fields.length > 0 && fields.every((field) => isAbout(index, field)));
  const converted =
    covering !== undefined && constraints.some((other) => isNamed(covering, expectedName(other, schema) ?? "", other.match));
  return {
    span: constraint.span,
    confidence: doubtful || converted ? "possible" : covering === undefined ? "likely" : "certain",
    slots: {
      fields: fields.map((field) => `\`${field}\``).join(", ") || "its field",
      table: table.name,
      name,
      other: covering === undefined || converted ? "" : covering.name,
      index: `create unique_index(:${table.name}, [${fields.map((field) => `:${field}`).join(", ")}])`,
    },
    evidence: [{ at: table, note: `${table.name} is created here` }, ...indexClues(table, fields)],
  };
}

function indexClues(table: Table, fields: readonly string[]): Clue[] {
  return table.indexes
    .filter((index) => fields.some((field) => isAbout(index, field)))
    .slice(0, 2)
    .map((index) => ({ at: index, note: `${index.unique ? "a unique" : "an"} index of ${table.name}, on ${index.columns.join(", ")}` }));
}
