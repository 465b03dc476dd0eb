import type { Expression } from "../../../model/expression.js";
import { outlineOfClause } from "../../../model/outline.js";
import type { Changeset, ChangesetStep, Index, Project, Schema, Table } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import { callersOf } from "../../../project/callers-of.js";
import { changesetsOf } from "../../../project/changesets/changesets-of.js";
import { tableOf } from "../../../project/schema-of.js";
import { optionOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import { perProject } from "../../shared/per-project.js";
import { isProduction } from "../../shared/production.js";
import { constraintsOutsideSchemas, expectedName, isAbout, isNamed, uniquenessDoubt } from "../../shared/unique-indexes.js";

type Slots = { columns: string; table: string; index: string; function: string; call: string; written: string };

/** Values nobody types twice: two equal ones do not happen. */
const unrepeated = /(^|_)(token|hash|secret|uuid|nonce|digest|fingerprint|key|sha|commit|checksum|salt)$/;
/** What points to another row, here or in another service. */
const identifier = /(^|_)id($|_)/;

export const uniqueIndexWithoutConstraint = defineRule<Slots>({
  id: "unique-index-without-constraint",
  title: "A unique index is not turned into a changeset error",
  trigger: "missing_error_handling",
  area: "data",
  severity: "medium",
  cwe: ["CWE-755"],
  silencedBy: {},
  fix: "add-unique-constraint",
  match(facts, project) {
    if (project.database.migrations === 0 || !isProduction(facts.path)) return [];
    return facts.modules.flatMap((module) => {
      const schema = project.schemas.get(module.name);
      const table = schema === undefined ? null : tableOf(project, schema);
      return schema === undefined || table === null ? [] : matchesIn(schema, table, facts.path, project);
    });
  },
  what: ({ columns, table, index, function: name }) =>
    `\`${name}\` casts ${columns}, on which \`${table}\` has the unique index \`${index}\`, and no changeset of it declares a \`unique_constraint\` for that index.`,
  why: ({ table, written }) =>
    written === "raising"
      ? `The second equal row in \`${table}\` raises \`Ecto.ConstraintError\`, which says nothing of the field; with the constraint the error names it, and a caller that wants to answer can.`
      : `The second equal row in \`${table}\` raises \`Ecto.ConstraintError\` out of the write: callers that match on \`{:error, changeset}\` never see it, and the person gets a server error instead of "has already been taken".`,
  instead: ({ call }) => `Add \`${call}\` to the changeset.`,
  notWhen: [
    "A changeset of the schema, or any other code, declares a unique constraint for that index or its first columns, by whatever name.",
    "The function is called with an upsert (`on_conflict:`) near it, or `unsafe_validate_unique` asks first.",
    "No column of the index is cast, or one that is no key is set by the program: the values do not come from people.",
    "The index is on one key alone (one row for each other row), which the program chooses.",
    "The index is that of the primary key.",
    "The column holds a token, hash or UUID, which does not repeat.",
    "Nothing outside tests calls the changeset function.",
    "A statement that could not be read may have dropped the index.",
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
    |> validate_required([:code])
  end
end
`,
        "lib/shop/coupons.ex": `defmodule Shop.Coupons do
  def create(attributes), do: %Shop.Coupon{} |> Shop.Coupon.changeset(attributes) |> Shop.Repo.insert()
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
      at: "cast(attributes, [:code])",
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
    |> validate_required([:code])
    |> unique()
  end

  defp unique(changeset), do: unique_constraint(changeset, :code)
end
`,
        "lib/shop/coupons.ex": `defmodule Shop.Coupons do
  def create(attributes), do: %Shop.Coupon{} |> Shop.Coupon.changeset(attributes) |> Shop.Repo.insert()
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
  const indexes = table.indexes.filter((index) => index.unique && !isKey(index, table) && !index.columns.every(isUnrepeated));
  if (indexes.length === 0) return [];
  const changesets = changesetsOf(project, schema).filter((changeset) => changeset.path === path);
  if (changesets.length === 0 || uniquenessDoubt(project.database, table)) return [];
  return indexes.flatMap((index) => {
    if (isConverted(index, schema, table, project)) return [];
    const cast = castOf(index, changesets, path);
    if (cast === null || !isFromOutside(index, cast.step)) return [];
    const written = writtenBy(cast.changeset, project);
    return written === "nowhere" ? [] : [matchOf(index, table, cast, written)];
  });
}

/** The primary key, also when structure.sql lists it as an index. */
function isKey(index: Index, table: Table): boolean {
  return index.columns.every((column) => table.columns.get(column)?.primaryKey === true);
}

function isUnrepeated(column: string): boolean {
  return unrepeated.test(column);
}

/** Any constraint that may be meant for the index counts; one whose name or fields the code does not tell counts for all. */
function isConverted(index: Index, schema: Schema, table: Table, project: Project): boolean {
  const siblings = [...project.schemas.values()].filter((other) => other.table === schema.table);
  const own = siblings.flatMap((sibling) => changesetsOf(project, sibling).flatMap((changeset) => changeset.constraints));
  const declared = own.some((constraint) => {
    if (constraint.kind !== "unique" && constraint.kind !== "unsafe_unique") return false;
    const name = expectedName(constraint, schema);
    if (name === null || constraint.fields === null) return true;
    return (
      isNamed(index, name, constraint.match) || constraint.fields.every((field) => isAbout(index, field) && !hasOwn(table, field, index))
    );
  });
  return declared || constraintsOutsideSchemas(project).some((constraint) => mayMean(constraint, index));
}

/** Another unique index on the field alone: the constraint is about that one. */
function hasOwn(table: Table, field: string, index: Index): boolean {
  return table.indexes.some(
    (other) => other.unique && other.name !== index.name && other.columns.length === 1 && other.columns[0] === field,
  );
}

function mayMean({ name, fields }: { name: string | null; fields: readonly string[] | null }, index: Index): boolean {
  return name === null ? fields === null || fields.every((field) => isAbout(index, field)) : name === index.name;
}

interface Cast {
  readonly changeset: Changeset;
  readonly step: ChangesetStep;
}

/** The cast that takes most of the index's columns from outside; the first of equals. */
function castOf(index: Index, changesets: readonly Changeset[], path: string): Cast | null {
  const casts = changesets.flatMap((changeset) =>
    changeset.casts.filter((step) => step.path === path).map((step) => ({ changeset, step, count: counted(step, index) })),
  );
  const best = casts.reduce<(typeof casts)[number] | null>((most, cast) => (cast.count > (most?.count ?? 0) ? cast : most), null);
  return best;
}

function counted(step: ChangesetStep, index: Index): number {
  return (step.fields ?? []).filter((field) => isAbout(index, field) && !isUnrepeated(field)).length;
}

/** The rest of the index only says within what the value is unique, and a key alone is chosen by the program (one row for each other row). */
function isFromOutside(index: Index, step: ChangesetStep): boolean {
  const cast = (step.fields ?? []).filter((field) => isAbout(index, field) && !isUnrepeated(field));
  const rest = index.columns.filter((column) => !column.startsWith("(") && !cast.includes(column));
  if (rest.some((column) => !identifier.test(column))) return false;
  return cast.some((field) => !identifier.test(field)) || cast.length > 1;
}

type Writing = "nowhere" | "raising" | "answering";

/** How serving code writes it. `raising`: with `insert!` and its like only, which raise for an invalid changeset too. */
function writtenBy(changeset: Changeset, project: Project): Writing {
  const callers = new Set(
    callersOf(project, changeset.function)
      .filter((site) => isProduction(site.path))
      .map((site) => site.caller),
  );
  if (callers.size === 0 || [changeset.function, ...callers].some((caller) => upserting(project).has(caller))) return "nowhere";
  const names = [...callers]
    .flatMap((caller) => bodiesOf(project, caller).flatMap((body) => collect(body, "call")))
    .map((call) => call.function);
  const writes = names.filter((name) => /^(insert|update|insert_or_update)!?$/.test(name));
  return writes.length > 0 && writes.every((name) => name.endsWith("!")) ? "raising" : "answering";
}

function bodiesOf(project: Project, id: string): Expression[] {
  return (project.functions.get(id)?.facts.clauses ?? []).flatMap((clause) => (clause.body === null ? [] : [clause.body]));
}

const upserting = perProject((project): ReadonlySet<string> => {
  const names = new Set<string>();
  for (const [id, { facts }] of project.functions) {
    const inserts = facts.clauses.some((clause) => outlineOfClause(clause).calls.some((call) => /^insert/.test(call.function)));
    if (!inserts) continue; // an insert put into a Multi is no write of its own
    if (bodiesOf(project, id).some((body) => collect(body, "call").some((call) => optionOf(call, "on_conflict") !== null))) names.add(id);
  }
  return names;
});

function matchOf(index: Index, table: Table, { changeset, step }: Cast, written: Writing): Match<Slots> {
  const columns = index.columns.map((column) => `:${column}`).join(", ");
  return {
    span: step.span,
    confidence: "likely",
    severity: written === "raising" ? "low" : "medium",
    slots: {
      columns: (step.fields ?? [])
        .filter((field) => isAbout(index, field))
        .map((field) => `\`${field}\``)
        .join(", "),
      table: table.name,
      index: index.name,
      function: changeset.function.split(".").slice(-2).join("."),
      call: `unique_constraint([${columns}], name: :${index.name})`,
      written,
    },
    evidence: [{ at: index, note: `the unique index, on ${index.columns.join(", ")}` }],
  };
}
