import type { Branch, Call, Clause } from "../../../model/expression.js";
import type { Location, Project } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import { effectsWithin } from "../../../project/effects-of.js";
import { repositoryCall } from "../../../project/repository-call.js";
import { optionOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import type { Callee } from "../../shared/definition-index.js";
import type { Definition } from "../../shared/definitions.js";
import { isError } from "../../shared/error-ends.js";
import { definitionsCalling, selectedIn } from "../../shared/selections.js";
import { schemasOf, writesWithin } from "../../shared/stored-rows.js";
import { transactionLeadingTo, transactionSpansIn } from "../../shared/transactions.js";
import { contains } from "../../../model/span.js";
import { spoken } from "../../shared/written.js";

type Slots = { insert: string; next: string; inside: string; around: string };

const callers = definitionsCalling(inserts);

export const queryAfterFailedInsert = defineRule<Slots>({
  id: "query-after-failed-insert",
  title: "A refused insert is answered with a query in the same transaction",
  trigger: "critical_pattern",
  area: "data",
  severity: "medium",
  cwe: ["CWE-755"],
  silencedBy: {},
  where: callers,
  match(facts, project) {
    if (!onPostgres(project)) return [];
    return selectedIn(callers, facts, project).flatMap((definition) =>
      collect(definition.body, "branch").flatMap((branch) => matchOf(branch, definition, project)),
    );
  },
  what: ({ insert, next, inside }) =>
    `When \`${insert}\` in \`${inside}\` meets a row that is already there, the code goes on with \`${next}\`, and it runs inside a transaction.`,
  why: ({ next, around }) =>
    `PostgreSQL aborts the transaction at the violated constraint: \`${next}\` then fails with "current transaction is aborted" and takes all of \`${around}\` with it. Alone, outside a transaction, the same code works.`,
  instead: ({ insert }) =>
    `Let the insert not fail: \`${insert}(changeset, on_conflict: :nothing, conflict_target: …)\` and read the row when the returned struct has no id; or give the insert \`mode: :savepoint\`.`,
  notWhen: [
    "The insert has `on_conflict` or `mode: :savepoint`.",
    "The branch is about another failure than a row that is already there, or makes no query.",
    "No transaction is known around it or around a call that leads to it.",
    "The database is not PostgreSQL.",
    "The code is a test, a seed, a migration or a mix task.",
  ],
  examples: [
    {
      bad: {
        "mix.exs": 'defmodule Shop.MixProject do\n  use Mix.Project\n  defp deps, do: [{:postgrex, ">= 0.0.0"}]\nend\n',
        "lib/shop/limit.ex":
          'defmodule Shop.Limits.Limit do\n  use Ecto.Schema\n\n  schema "limits" do\n    belongs_to :user, Shop.User\n  end\nend\n',
        "lib/shop/limits.ex": `defmodule Shop.Limits do
  alias Shop.Repo
  alias Shop.Limits.Limit

  def spend(user) do
    Repo.transaction(fn ->
      {:ok, limit} = get_or_create(user)
      Repo.update!(Ecto.Changeset.change(limit, spent: true))
    end)
  end

  defp get_or_create(user) do
    case Repo.insert(Limit.changeset(%Limit{}, %{user_id: user.id})) do
      {:ok, limit} -> {:ok, limit}
      {:error, %Ecto.Changeset{errors: [user_id: {"has already been taken", _}]}} -> {:ok, Repo.get_by(Limit, user_id: user.id)}
    end
  end
end
`,
      },
      at: "Repo.insert(Limit.changeset(%Limit{}, %{user_id: user.id}))",
      good: {
        "mix.exs": 'defmodule Shop.MixProject do\n  use Mix.Project\n  defp deps, do: [{:postgrex, ">= 0.0.0"}]\nend\n',
        "lib/shop/limit.ex":
          'defmodule Shop.Limits.Limit do\n  use Ecto.Schema\n\n  schema "limits" do\n    belongs_to :user, Shop.User\n  end\nend\n',
        "lib/shop/limits.ex": `defmodule Shop.Limits do
  alias Shop.Repo
  alias Shop.Limits.Limit

  def spend(user) do
    Repo.transaction(fn ->
      {:ok, limit} = get_or_create(user)
      Repo.update!(Ecto.Changeset.change(limit, spent: true))
    end)
  end

  defp get_or_create(user) do
    case Repo.insert(Limit.changeset(%Limit{}, %{user_id: user.id}), on_conflict: :nothing, conflict_target: :user_id) do
      {:ok, %{id: nil}} -> {:ok, Repo.get_by(Limit, user_id: user.id)}
      {:ok, limit} -> {:ok, limit}
    end
  end
end
`,
      },
    },
  ],
});

function onPostgres({ dependencies }: Project): boolean {
  return dependencies.has("postgrex") || !(dependencies.has("myxql") || dependencies.has("ecto_sqlite3"));
}

function inserts({ function: name }: Callee): boolean {
  return name === "insert" || name === "insert_or_update";
}

function matchOf(branch: Branch, definition: Definition, project: Project): Match<Slots>[] {
  const insert = branch.form === "case" && branch.subject?.kind === "call" ? branch.subject : null;
  if (insert === null || !canViolate(insert, project)) return [];
  const refused = branch.clauses.find((clause) => isRefusal(clause) && nextQuery(clause, insert, definition, project) !== null);
  const next = refused === undefined ? null : nextQuery(refused, insert, definition, project);
  if (next === null) return [];
  const around = transactionAround(insert, definition, project);
  if (around === null) return [];
  return [
    {
      span: insert.segment,
      confidence: "likely",
      slots: {
        insert: spoken(`${insert.module ?? ""}.${insert.function}`),
        next: spoken(next.call),
        inside: spoken(definition.id),
        around: around.name,
      },
      evidence: [
        { at: next.at, note: `${spoken(next.call)} runs in the aborted transaction` },
        ...(around.at === null ? [] : [{ at: around.at, note: "called inside a transaction" }]),
      ],
    },
  ];
}

function canViolate(call: Call, project: Project): boolean {
  const isInsert = /^insert(_or_update)?$/.test(call.function) && repositoryCall(project, call) !== null;
  return isInsert && optionOf(call, "on_conflict") === null && optionOf(call, "mode") === null;
}

/** `{:error, …}` for a row that is already there, or for anything. */
function isRefusal({ patterns: [pattern] }: Clause): boolean {
  if (pattern === undefined || !isError(pattern)) return false;
  const said = collect(pattern, "literal").filter(({ type }) => type === "string");
  return said.length === 0 || said.some(({ value }) => /taken|exist|unique|already/i.test(value) && !/not exist/i.test(value));
}

/** The first query or write on the same table that the branch goes on with. */
function nextQuery(
  clause: Clause,
  insert: Call,
  { id, body, function: entry }: Definition,
  project: Project,
): { call: string; at: Location } | null {
  const inserted = schemasOf(project, { call: insert, body, name: insert.function, module: entry.module, through: [] });
  const next = effectsWithin(project, id, clause.body.span).find(
    (site) => !site.deferred && (site.effect === "query" || site.effect === "write"),
  );
  if (next === undefined) return null;
  const named = collect(clause.body, "module").some(
    ({ name }) => inserted.has(name) || (name === "__MODULE__" && inserted.has(entry.module)),
  );
  const rereads = named || writesWithin(project, id, clause.body.span, body, entry.module).length > 0 || next.callee !== null;
  return rereads ? { call: next.call, at: next } : null;
}

function transactionAround(
  insert: Call,
  { id, body, function: entry }: Definition,
  project: Project,
): { name: string; at: Location | null } | null {
  if (transactionSpansIn(body, entry.module, project).some((span) => contains(span, insert.span))) return { name: spoken(id), at: null };
  const site = transactionLeadingTo(project, id);
  return site === null ? null : { name: spoken(site.caller), at: site };
}
