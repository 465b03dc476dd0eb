import type { Call, Expression, Literal } from "../../../model/expression.js";
import { collect } from "../../../model/walk.js";
import { repositoryCall } from "../../../project/repository-call.js";
import { atomOf } from "../../../project/values.js";
import type { Project } from "../../../model/project.js";
import { defineRule, type Match } from "../../define.js";
import type { Definition } from "../../shared/definitions.js";
import { endsOf } from "../../shared/discarded.js";
import { among, definitionsNamed, selectedIn } from "../../shared/selections.js";
import { spoken } from "../../shared/written.js";

type Slots = { worker: string; value: string };

const performing = among(
  definitionsNamed((name) => name === "perform"),
  isPerform,
);

export const jobErrorCountsAsSuccess = defineRule<Slots>({
  id: "job-error-counts-as-success",
  title: "A job gives back an error that Oban takes for success",
  trigger: "missing_error_handling",
  area: "async",
  severity: "medium",
  cwe: ["CWE-393"],
  silencedBy: {},
  fix: "fail-job",
  where: performing,
  match(facts, project) {
    return selectedIn(performing, facts, project).flatMap((definition) => matchesIn(definition, project));
  },
  what: ({ worker, value }) => `\`${worker}\` gives back \`${value}\`, which Oban takes for success.`,
  why: () =>
    "Only `{:error, reason}` (or an exception) makes Oban try again; anything it does not know is logged once and the job is completed: the work is lost without a retry and no failure is counted.",
  instead: () =>
    "Give back `{:error, reason}` to be tried again, `{:cancel, reason}` when trying again is useless, and `:ok` when there was nothing to do.",
  notWhen: [
    "The value is one of `:ok`, `{:ok, _}`, `{:error, _}`, `{:cancel, _}`, `{:snooze, _}`, `:discard`.",
    "It comes from a call: what that gives back is not judged here.",
    "It is `nil`, which says nothing of failure.",
  ],
  examples: [
    {
      bad: `defmodule Shop.SyncWorker do
  use Oban.Worker, queue: :sync

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"id" => id}}) do
    case Shop.Remote.fetch(id) do
      {:ok, _} -> :ok
      _ -> :error
    end
  end
end
`,
      at: ":error",
      good: `defmodule Shop.SyncWorker do
  use Oban.Worker, queue: :sync

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"id" => id}}) do
    case Shop.Remote.fetch(id) do
      {:ok, _} -> :ok
      _ -> {:error, :unavailable}
    end
  end
end
`,
    },
    {
      bad: `defmodule Shop.CloseWorker do
  use Oban.Worker, queue: :default
  alias Ecto.Multi

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"id" => id}}) do
    Multi.new() |> Multi.update(:order, Shop.Orders.closing(id)) |> Shop.Repo.transaction()
  end
end
`,
      at: "Multi.new() |> Multi.update(:order, Shop.Orders.closing(id)) |> Shop.Repo.transaction()",
      good: `defmodule Shop.CloseWorker do
  use Oban.Worker, queue: :default
  alias Ecto.Multi

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"id" => id}}) do
    case Multi.new() |> Multi.update(:order, Shop.Orders.closing(id)) |> Shop.Repo.transaction() do
      {:ok, _} -> :ok
      {:error, _step, reason, _} -> {:error, reason}
    end
  end
end
`,
    },
  ],
});

function isPerform({ function: { module, facts } }: Definition, project: Project): boolean {
  const known = project.modules.get(module);
  return facts.name === "perform" && facts.arity === 1 && (known?.uses.has("Oban.Worker") ?? false);
}

function matchesIn({ id, body }: Definition, project: Project): Match<Slots>[] {
  const worker = spoken(id);
  const literals = endings(body).map((literal): Match<Slots> => {
    const value = literal.type === "atom" ? `:${literal.value}` : literal.value;
    return { span: literal.span, confidence: "certain", slots: { worker, value }, evidence: [] };
  });
  const multis = endsOf(body).filter((call) => runsMulti(call, body, project));
  const value = "{:error, step, value, changes}";
  return [...literals, ...multis.map(({ span }): Match<Slots> => ({ span, confidence: "likely", slots: { worker, value }, evidence: [] }))];
}

/** `Ecto.Multi.new() |> … |> Repo.transaction()` gives four things back when a step fails. */
function runsMulti(call: Call, body: Expression, project: Project): boolean {
  const [given] = call.arguments;
  if (given === undefined || repositoryCall(project, call)?.operation !== "transaction") return false;
  const bound =
    given.kind === "variable"
      ? collect(body, "match").find(({ pattern }) => pattern.kind === "variable" && pattern.name === given.name)?.value
      : given;
  return bound?.kind === "call" && bound.module === "Ecto.Multi";
}

/** Literals among what a body gives back that mean failure to their author. */
function endings(code: Expression): Literal[] {
  if (code.kind === "block") return code.expressions.slice(-1).flatMap(endings);
  if (code.kind === "branch") return code.clauses.filter(({ role }) => role !== "after").flatMap(({ body }) => endings(body));
  if (code.kind !== "literal") return [];
  const failed = atomOf(code) === "error" || atomOf(code) === "failed" || (code.type === "boolean" && code.value === "false");
  return failed ? [code] : [];
}
