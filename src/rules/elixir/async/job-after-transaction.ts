import type { Call, Expression } from "../../../model/expression.js";
import type { Facts } from "../../../model/facts.js";
import { outlineOfClause } from "../../../model/outline.js";
import type { Project } from "../../../model/project.js";
import { contains } from "../../../model/span.js";
import { collect } from "../../../model/walk.js";
import { repositoryCall } from "../../../project/repository-call.js";
import { defineRule, type Match } from "../../define.js";
import { resolved } from "../../shared/bound-values.js";
import type { Callee } from "../../shared/definition-index.js";
import type { Definition } from "../../shared/definitions.js";
import { definitionsCalling, selectedIn } from "../../shared/selections.js";
import { isInTransaction } from "../../shared/transactions.js";
import { spoken } from "../../shared/written.js";

type Slots = { inside: string; call: string };

const inserting = definitionsCalling(inserts);

export const jobAfterTransaction = defineRule<Slots>({
  id: "job-after-transaction",
  title: "A job is inserted after the transaction that it belongs to",
  trigger: "critical_pattern",
  area: "async",
  severity: "low",
  cwe: ["CWE-662"],
  silencedBy: {},
  where: inserting,
  match(facts: Facts, project) {
    return selectedIn(inserting, facts, project).flatMap((definition) => matchesIn(definition, project));
  },
  what: ({ inside, call }) => `\`${inside}\` commits an \`Ecto.Multi\` and inserts the job that goes with it afterwards (\`${call}\`).`,
  why: () =>
    "Between the two the node may be stopped, or the insert be refused: the change is stored and its job does not exist, so that nothing ever does what was to follow, and nobody is told.",
  instead: () =>
    "Make the job a step of the Multi (`Oban.insert(multi, :job, fn %{order: order} -> Worker.new(%{id: order.id}) end)`): it is then committed with the change, or not at all.",
  notWhen: [
    "The job is a step of the Multi, or is inserted inside a transaction.",
    "The job is inserted before, or where the transaction has failed.",
    "The transaction is given a function: what it does is not seen here.",
    "The code is a test, a script, a migration or a mix task.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Orders do
  alias Ecto.Multi
  alias Shop.{Order, ReceiptWorker, Repo}

  def place(attrs) do
    multi = Multi.new() |> Multi.insert(:order, Order.changeset(%Order{}, attrs))

    with {:ok, %{order: order}} <- Repo.transaction(multi) do
      %{id: order.id} |> ReceiptWorker.new() |> Oban.insert()
      {:ok, order}
    end
  end
end
`,
      at: "Oban.insert()",
      good: `defmodule Shop.Orders do
  alias Ecto.Multi
  alias Shop.{Order, ReceiptWorker, Repo}

  def place(attrs) do
    Multi.new()
    |> Multi.insert(:order, Order.changeset(%Order{}, attrs))
    |> Oban.insert(:job, fn %{order: order} -> ReceiptWorker.new(%{id: order.id}) end)
    |> Repo.transaction()
  end
end
`,
    },
  ],
});

function inserts({ module, function: name }: Callee): boolean {
  return module === "Oban" && /^(insert!?|insert_all)$/.test(name);
}

function matchesIn(definition: Definition, project: Project): Match<Slots>[] {
  const { body, clause } = definition;
  if (!outlineOfClause(clause).calls.some(({ function: name }) => name === "transaction" || name === "transact")) return [];
  const calls = collect(body, "call");
  const committed = calls.find((call) => repositoryCall(project, call)?.operation === "transaction" && isMulti(call.arguments[0], body));
  const insert =
    committed === undefined ? undefined : calls.find((call) => inserts(call) && !isStep(call, body) && follows(call, committed, body));
  if (insert === undefined || isInTransaction(project, definition.id, { path: definition.function.path, span: insert.segment })) return [];
  return [
    { span: insert.segment, confidence: "likely", slots: { inside: spoken(definition.id), call: `Oban.${insert.function}` }, evidence: [] },
  ];
}

function isMulti(given: Expression | undefined, body: Expression): boolean {
  if (given === undefined) return false;
  const value = resolved(given, body);
  return value.kind === "call" && (value.module === "Ecto.Multi" || value.module === "Oban");
}

/** `Oban.insert(multi, :job, …)`. */
function isStep({ arguments: given }: Call, body: Expression): boolean {
  return given.length > 1 && isMulti(given[0], body);
}

/** In a later statement, or in an arm of what is done with the result that is not one of failure. */
function follows(insert: Call, committed: Call, body: Expression): boolean {
  if (insert.segment.start < committed.segment.end) return false;
  return !collect(body, "branch").some(({ clauses, form }) =>
    clauses.some(
      ({ role, patterns: [pattern], span }) =>
        contains(span, insert.segment) &&
        ((form === "with" && role === "else") ||
          (pattern !== undefined && collect(pattern, "literal").some(({ value }) => value === "error"))),
    ),
  );
}
