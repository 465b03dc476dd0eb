import type { Call } from "../../../model/expression.js";
import type { Project } from "../../../model/project.js";
import { contains, type Span } from "../../../model/span.js";
import { collect } from "../../../model/walk.js";
import { repositoryCall } from "../../../project/repository-call.js";
import { defineRule, type Clue, type Match } from "../../define.js";
import type { Definition } from "../../shared/definitions.js";
import { discardedCalls } from "../../shared/discarded.js";
import { fallibleCall, mayMeetFailure, type Fallible } from "../../shared/fallible.js";
import { requestPath } from "../../shared/requests.js";
import { definitionsOf, selectedIn } from "../../shared/selections.js";
import { spoken } from "../../shared/written.js";

type Slots = { call: string; cause: string; kind: Fallible["kind"]; inside: string; transaction: "yes" | "no" };

const meeting = definitionsOf(mayMeetFailure);

export const resultDropped = defineRule<Slots>({
  id: "result-dropped",
  title: "The result of a call that can fail is dropped",
  trigger: "missing_error_handling",
  area: "errors",
  severity: "medium",
  cwe: ["CWE-252"],
  silencedBy: {},
  fix: "raise-on-failed-write",
  where: meeting,
  match(facts, project) {
    return selectedIn(meeting, facts, project).flatMap((definition) =>
      discardedCalls(definition.body).flatMap((call) => matchOf(call, definition, project)),
    );
  },
  what: ({ call, cause, inside }) =>
    call === cause
      ? `\`${inside}\` drops the result of \`${call}\`, which is \`{:error, …}\` when it fails.`
      : `\`${inside}\` drops the result of \`${call}\`, which passes on the \`{:error, …}\` of \`${cause}\`.`,
  why: ({ kind, inside, transaction }) => {
    if (transaction === "yes")
      return `The transaction in \`${inside}\` commits all the rest although this step failed, and the caller is told that everything was stored.`;
    if (kind === "file")
      return `When the disk is full or the path is gone, \`${inside}\` goes on as if the file were there, and nothing is logged.`;
    return `When a validation or a constraint refuses the change, \`${inside}\` goes on as if it were stored, its caller is told so, and nothing is logged.`;
  },
  instead: ({ call, transaction }) =>
    transaction === "yes"
      ? `Match the result of \`${call}\` and call \`Repo.rollback/1\` on an error, or make it a step of an \`Ecto.Multi\`.`
      : `Match the result of \`${call}\` (a \`with\` step that returns the error, or a \`case\`), use its bang variant where a failure is a bug, or write \`_ = …\` where it truly does not matter.`,
  notWhen: [
    "The call is the last expression, so its result is the function's.",
    "The call is a bang variant, or the result is bound, also to `_`.",
    "The write cannot return an error: a bare struct, or a plain `change/2` without validation or constraint.",
    "A transaction is given a function that never rolls back.",
    "The function is called for its side effect and swallows the error itself.",
    "The code is a test, a seed, a migration, a script or a mix task.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Orders do
  alias Shop.Repo
  alias Shop.Orders.Order

  def pay(order, receipt) do
    Repo.update(Order.paid_changeset(order))
    {:ok, receipt}
  end
end
`,
      at: "Repo.update(Order.paid_changeset(order))",
      good: `defmodule Shop.Orders do
  alias Shop.Repo
  alias Shop.Orders.Order

  def pay(order, receipt) do
    with {:ok, _order} <- Repo.update(Order.paid_changeset(order)) do
      {:ok, receipt}
    end
  end
end
`,
    },
    {
      bad: `defmodule Shop.Interests do
  alias Shop.Repo
  alias Shop.Interests.Interest

  def add(attrs), do: %Interest{} |> Interest.changeset(attrs) |> Repo.insert()
end

defmodule ShopWeb.InterestController do
  use Phoenix.Controller
  alias Shop.Interests

  def create(conn, params) do
    Interests.add(params)
    send_resp(conn, 201, "")
  end
end
`,
      at: "Interests.add(params)",
      good: `defmodule Shop.Interests do
  alias Shop.Repo
  alias Shop.Interests.Interest

  def add(attrs), do: %Interest{} |> Interest.changeset(attrs) |> Repo.insert()
end

defmodule ShopWeb.InterestController do
  use Phoenix.Controller
  alias Shop.Interests

  def create(conn, params) do
    case Interests.add(params) do
      {:ok, _interest} -> send_resp(conn, 201, "")
      {:error, _changeset} -> send_resp(conn, 422, "")
    end
  end
end
`,
    },
  ],
});

function matchOf(call: Call, definition: Definition, project: Project): Match<Slots>[] {
  const fallible = fallibleCall(call, definition.function.module, definition.body, project);
  if (fallible === null) return [];
  const inTransaction = transactionSpans(definition, project).some((span) => contains(span, call.span));
  const answersRequest = requestPath(project, definition.id) !== null;
  const name = fallible.through ?? fallible.what;
  return [
    {
      span: call.segment,
      confidence: fallible.kind === "file" && fallible.through !== null ? "possible" : "likely",
      severity: inTransaction ? "high" : answersRequest && fallible.kind !== "file" ? "high" : "medium",
      slots: {
        call: spoken(name),
        cause: spoken(fallible.what),
        kind: fallible.kind,
        inside: spoken(definition.id),
        transaction: inTransaction ? "yes" : "no",
      },
      evidence: clueOf(fallible, project),
    },
  ];
}

function clueOf(fallible: Fallible, project: Project): Clue[] {
  const target = fallible.through === null ? undefined : project.functions.get(fallible.through);
  if (target === undefined) return [];
  return [{ at: { path: target.path, span: target.facts.nameSpan }, note: `returns what ${spoken(fallible.what)} returns` }];
}

/** Lambdas given to the repository as transactions. */
function transactionSpans(definition: Definition, project: Project): Span[] {
  return collect(definition.body, "call")
    .filter((call) => repositoryCall(project, call)?.operation === "transaction")
    .flatMap((call) => call.arguments.filter((argument) => argument.kind === "lambda").map((argument) => argument.span));
}
