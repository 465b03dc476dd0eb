import type { ChangesetConstraint, Project } from "../../../model/project.js";
import { changesetsIn, changesetsOf } from "../../../project/changesets/changesets-of.js";
import { countEffect } from "../../../project/effects-of.js";
import { schemaOf, tableOf } from "../../../project/schema-of.js";
import { defineRule, type Clue, type Match } from "../../define.js";
import { absenceChecks, type AbsenceCheck } from "../../shared/absence.js";
import type { Definition } from "../../shared/definitions.js";
import { requestPath } from "../../shared/requests.js";
import { definitionsWith, selectedIn } from "../../shared/selections.js";
import { isSerialised } from "../../shared/serialised.js";
import { columnsAsked, isUpsert, readBehind, schemasOf, writesWithin, type RepositoryUse } from "../../shared/stored-rows.js";
import { spoken, written } from "../../shared/written.js";

type Outcome = "duplicates" | "raises" | "unknown";
type Slots = { look: string; insert: string; schema: string; columns: string; outcome: Outcome; inside: string };

const writing = definitionsWith("write");

export const checkThenInsert = defineRule<Slots>({
  id: "check-then-insert",
  title: "A row is inserted because a look found none",
  trigger: "critical_pattern",
  area: "data",
  severity: "medium",
  cwe: ["CWE-367"],
  silencedBy: {},
  where: writing,
  match(facts, project) {
    return selectedIn(writing, facts, project).flatMap((definition) => matchesIn(definition, project));
  },
  what: ({ look, insert, schema, inside }) =>
    `\`${inside}\` looks for a \`${schema}\` with \`${look}\` and, when there is none, adds it with \`${insert}\`: two calls at the same time both find none and both insert.`,
  why: ({ outcome, columns, schema }) => {
    if (outcome === "duplicates")
      return `No unique index covers ${columns}, so both rows are stored; a later look that expects one \`${schema}\` then raises \`Ecto.MultipleResultsError\` or picks either.`;
    if (outcome === "raises")
      return `The unique index on ${columns} refuses the second row, and because no changeset of \`${schema}\` names it with \`unique_constraint\`, the insert raises \`Ecto.ConstraintError\` instead of finding the row.`;
    return `Unless the database itself refuses the second row, both are stored; if it does, the insert raises unless a \`unique_constraint\` turns that into a changeset error.`;
  },
  instead: ({ outcome, columns, schema }) =>
    `${outcome === "raises" ? "" : `Add a unique index on ${columns}, then insert`}${outcome === "raises" ? "Insert" : ""} \`${schema}\` with \`on_conflict: :nothing\` (or \`{:replace, fields}\`) and \`conflict_target\`, and read the row back when nothing was inserted.`,
  notWhen: [
    "The insert has `on_conflict`, or a changeset of the schema names a `unique_constraint` on what is looked up.",
    'A lock is taken (`lock: "FOR UPDATE"`, an advisory lock, a mutex), here or by every caller, or a single process does it all.',
    "What is looked for and what is inserted are different schemas, or cannot be told.",
    "The look does not ask for given columns and the schema has a unique constraint of any kind.",
    "The code is a test, a seed, a migration, a mix task or a release task.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Visitor do
  use Ecto.Schema
  alias Shop.Repo

  schema "visitors" do
    field :address, :string
  end

  def find_or_create(address) do
    case Repo.get_by(__MODULE__, address: address) do
      nil -> Repo.insert(%__MODULE__{address: address})
      visitor -> {:ok, visitor}
    end
  end
end
`,
      at: "Repo.get_by(__MODULE__, address: address)",
      good: `defmodule Shop.Visitor do
  use Ecto.Schema
  alias Shop.Repo

  schema "visitors" do
    field :address, :string
  end

  def find_or_create(address) do
    case Repo.get_by(__MODULE__, address: address) do
      nil -> Repo.insert(%__MODULE__{address: address}, on_conflict: :nothing, conflict_target: :address)
      visitor -> {:ok, visitor}
    end
  end
end
`,
    },
  ],
});

function matchesIn(definition: Definition, project: Project): Match<Slots>[] {
  const effects = project.effects.get(definition.id);
  if (effects?.has("query") !== true || !effects.has("write")) return [];
  if (countEffect(project, definition.id, definition.clause.span, "write") === 0) return [];
  const matches = absenceChecks(definition.body).flatMap((check) => matchOf(check, definition, project));
  return matches.length === 0 || isSerialised(definition, project) ? [] : matches;
}

function matchOf(check: AbsenceCheck, definition: Definition, project: Project): Match<Slots>[] {
  const { id, body, function: entry } = definition;
  const look = readBehind(project, check.looked, body, entry.module);
  if (look === null || /!$|^(all|stream|aggregate)$/.test(look.name)) return [];
  const about = schemasOf(project, look);
  for (const { site, use } of writesWithin(project, id, check.whenAbsent, body, entry.module)) {
    if (!/^insert!?$/.test(use.name) || isUpsert(use)) continue;
    const [schema] = [...schemasOf(project, use)].filter((name) => about.has(name));
    if (schema === undefined) continue;
    const outcome = outcomeOf(project, schema, look);
    if (outcome === null) continue;
    const columns = columnsAsked(look);
    const answers = requestPath(project, id) !== null;
    const clue: Clue = { at: site, note: `${spoken(site.call)} inserts when nothing was found` };
    return [
      {
        span: check.span,
        confidence: project.modules.get(entry.module)?.role === "worker" || columns === null ? "possible" : "likely",
        severity: outcome === "duplicates" && answers && columns !== null ? "high" : "medium",
        slots: {
          look: written(check.looked),
          insert: spoken(site.call),
          schema: spoken(schema),
          columns: columns === null ? "what is looked up" : columns.map((column) => `\`${column}\``).join(", "),
          outcome,
          inside: spoken(id),
        },
        evidence: [clue],
      },
    ];
  }
  return [];
}

/** What happens to the second of two inserts; null when the schema is prepared for it. */
function outcomeOf(project: Project, schema: string, look: RepositoryUse): Outcome | null {
  const columns = columnsAsked(look);
  const declared = schemaOf(project, schema);
  const changesets = declared === null ? changesetsIn(project, schema) : changesetsOf(project, declared);
  if (changesets.flatMap((changeset) => changeset.constraints).some((constraint) => preparesFor(constraint, columns))) return null;
  const table = declared === null ? null : tableOf(project, declared);
  if (columns === null || table === null || project.database.unread.some((statement) => statement.table === table.name)) return "unknown";
  const primary = [...table.columns.values()].filter((column) => column.primaryKey).map((column) => column.name);
  const unique = [primary, ...table.indexes.filter((index) => index.unique).map((index) => index.columns)];
  const covers = unique.some(
    (index) => index.length > 0 && index.every((column) => columns.some((asked) => column === asked || column.includes(asked))),
  );
  return covers ? "raises" : "duplicates";
}

/** Whether a constraint is on what was looked up; one whose fields and name the code does not tell may be. */
function preparesFor({ kind, fields, name, nameUnread }: ChangesetConstraint, columns: readonly string[] | null): boolean {
  if (kind !== "unique" && kind !== "unsafe_unique" && kind !== "exclusion") return false;
  if (columns === null || nameUnread || (fields === null && name === null)) return true;
  return [...(fields ?? []), name ?? ""].some((written) => columns.some((column) => written.includes(column)));
}
