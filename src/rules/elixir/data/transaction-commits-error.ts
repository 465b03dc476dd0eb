import type { Call, Expression } from "../../../model/expression.js";
import type { Project } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import { findFunction } from "../../../project/find-function.js";
import { repositoryCall } from "../../../project/repository-call.js";
import { atomOf } from "../../../project/values.js";
import { defineRule, type Clue, type Match } from "../../define.js";
import type { Callee } from "../../shared/definition-index.js";
import type { Definition } from "../../shared/definitions.js";
import { endsOf } from "../../shared/discarded.js";
import { errorEnds, isError, type ErrorEnd, type Part } from "../../shared/error-ends.js";
import { definitionsCalling, selectedIn } from "../../shared/selections.js";
import { spoken, written } from "../../shared/written.js";

type Slots = { transaction: string; written: string; failing: string; inside: string };

const callers = definitionsCalling(isTransaction);

export const transactionCommitsError = defineRule<Slots>({
  id: "transaction-commits-error",
  title: "A transaction commits although its function gives back an error",
  trigger: "critical_pattern",
  area: "data",
  severity: "high",
  cwe: ["CWE-460"],
  silencedBy: {},
  fix: "roll-back-error",
  where: callers,
  match(facts, project) {
    return selectedIn(callers, facts, project).flatMap((definition) =>
      collect(definition.body, "call").flatMap((call) => matchOf(call, definition, project)),
    );
  },
  what: ({ transaction, written, failing, inside }) =>
    `In \`${inside}\` the function given to \`${transaction}\` has written with \`${written}\` when it gives back the error of ${failing}, and nothing rolls back.`,
  why: ({ transaction, written }) =>
    `\`${transaction}\` rolls back when \`Repo.rollback\` is called or something raises, not for an \`{:error, …}\` value: it commits what \`${written}\` wrote and gives back \`{:ok, {:error, …}}\`, which reads as success.`,
  instead: () =>
    "Give the error to `Repo.rollback(reason)` in that branch (the transaction then gives back `{:error, reason}`), use `Repo.transact`, which rolls back on `{:error, …}` (Ecto 3.13), or make the steps an `Ecto.Multi`.",
  notWhen: [
    "Nothing has been written before the error is given back.",
    "The branch calls `Repo.rollback` or raises, or `Repo.transact` or a Multi runs the steps.",
    "Whoever takes the result matches `{:ok, {:error, …}}`: the commit is meant.",
    "The project's repository defines `transaction` itself.",
    "The step that fails is the database's own refusal: PostgreSQL has aborted the transaction by then (only steps that can fail without it count).",
    "The code is a test, a seed, a migration or a mix task.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Orders do
  alias Shop.Repo

  def place(order, user) do
    Repo.transaction(fn ->
      order = Repo.insert!(order)

      case Shop.Stock.reserve(order) do
        :ok -> order
        :none -> {:error, :sold_out}
      end
    end)
  end
end
`,
      at: "{:error, :sold_out}",
      good: `defmodule Shop.Orders do
  alias Shop.Repo

  def place(order, user) do
    Repo.transaction(fn ->
      order = Repo.insert!(order)

      case Shop.Stock.reserve(order) do
        :ok -> order
        :none -> Repo.rollback(:sold_out)
      end
    end)
  end
end
`,
    },
    {
      bad: `defmodule Shop.Teams do
  alias Shop.Repo
  alias Shop.Teams.{Member, Team}

  def create(attrs, user) do
    Repo.transaction(fn ->
      with {:ok, team} <- Repo.insert(Team.changeset(%Team{}, attrs)),
           {:ok, _member} <- Repo.insert(Member.changeset(%Member{team_id: team.id, user_id: user.id}, attrs)) do
        team
      end
    end)
  end
end

defmodule Shop.Teams.Member do
  use Ecto.Schema
  import Ecto.Changeset

  schema "members" do
    field :name, :string
  end

  def changeset(member, attrs), do: member |> cast(attrs, [:name]) |> validate_required([:name])
end
`,
      at: "Repo.insert(Member.changeset(%Member{team_id: team.id, user_id: user.id}, attrs))",
      good: `defmodule Shop.Teams do
  alias Shop.Repo
  alias Shop.Teams.{Member, Team}

  def create(attrs, user) do
    Repo.transaction(fn ->
      with {:ok, team} <- Repo.insert(Team.changeset(%Team{}, attrs)),
           {:ok, _member} <- Repo.insert(Member.changeset(%Member{team_id: team.id, user_id: user.id}, attrs)) do
        team
      else
        {:error, changeset} -> Repo.rollback(changeset)
      end
    end)
  end
end

defmodule Shop.Teams.Member do
  use Ecto.Schema
  import Ecto.Changeset

  schema "members" do
    field :name, :string
  end

  def changeset(member, attrs), do: member |> cast(attrs, [:name]) |> validate_required([:name])
end
`,
    },
  ],
});

function isTransaction({ function: name }: Callee): boolean {
  return name === "transaction";
}

function matchOf(call: Call, definition: Definition, project: Project): Match<Slots>[] {
  const { id, body, function: entry } = definition;
  const lambda = call.arguments.find((argument) => argument.kind === "lambda");
  if (!isTransaction(call) || lambda?.kind !== "lambda" || !isPlain(call, project) || handlesError(body)) return [];
  const here = lambda.clauses.flatMap((clause) => errorEnds({ id, module: entry.module, body: clause.body }, project));
  const found = here.map((end) => matchAt(end, end.at, call, definition, []));
  if (found.length > 0) return found;
  return lambda.clauses.flatMap((clause) => endsOf(clause.body).flatMap((end) => behind(end, call, definition, project)));
}

/** Ecto's own `transaction`, which rolls back for no value. */
function isPlain(call: Call, project: Project): boolean {
  const repository = repositoryCall(project, call);
  if (repository === null) return false;
  const own = `${repository.repository ?? ""}.transaction`;
  return !project.functions.has(`${own}/1`) && !project.functions.has(`${own}/2`);
}

/** `{:ok, {:error, reason}}` is matched: whoever wrote that knows what is committed. */
function handlesError(body: Expression): boolean {
  return collect(body, "tuple").some(
    ({ elements: [tag, value] }) =>
      atomOf(tag) === "ok" && value !== undefined && (isError(value) || (value.kind === "match" && isError(value.pattern))),
  );
}

/** The function given to the transaction ends in one of the project's, which writes and then gives back an error. */
function behind(end: Call, call: Call, definition: Definition, project: Project): Match<Slots>[] {
  const target =
    end.subject === null ? findFunction(project, end.module ?? definition.function.module, end.function, end.arguments.length) : null;
  if (target === null || handlesError(definition.body)) return [];
  const parts = target.facts.clauses.flatMap(({ body }): Part[] => (body === null ? [] : [{ id: target.id, module: target.module, body }]));
  const [first] = parts.flatMap((part) => errorEnds(part, project));
  if (first === undefined) return [];
  return [
    matchAt(first, end.segment, call, definition, [{ at: { path: target.path, span: first.at }, note: "the error is given back here" }]),
  ];
}

function matchAt(end: ErrorEnd, span: Match["span"], call: Call, definition: Definition, clues: readonly Clue[]): Match<Slots> {
  return {
    span,
    confidence: "likely",
    slots: {
      transaction: spoken(`${call.module === null ? "" : `${call.module}.`}${call.function}`),
      written: spoken(end.written.call),
      failing: end.failing === null ? "this branch" : `\`${written(end.failing)}\``,
      inside: spoken(definition.id),
    },
    evidence: [{ at: end.written, note: `${spoken(end.written.call)} has written by then` }, ...clues],
  };
}
