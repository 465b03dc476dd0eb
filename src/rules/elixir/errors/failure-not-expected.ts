import type { Expression } from "../../../model/expression.js";
import type { Project } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import { isFailure, type Outcome } from "../../../project/outcomes/shapes.js";
import type { OutcomeSite } from "../../../project/outcomes/sites.js";
import { atomOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import type { Definition } from "../../shared/definitions.js";
import { handledElsewhere } from "../../shared/handled-failures.js";
import { meetingFailure, outcomeClues, sitesOf, spokenOutcomes, untaken } from "../../shared/outcome-sites.js";
import { requestPath } from "../../shared/requests.js";
import { selectedIn } from "../../shared/selections.js";
import { spoken, written } from "../../shared/written.js";

type Reason = "with" | "header" | "input" | "sibling";
type Slots = { value: string; missing: string; inside: string; reason: Reason; sibling: string };

export const failureNotExpected = defineRule<Slots>({
  id: "failure-not-expected",
  title: "A match raises where a failure is to be expected",
  trigger: "missing_error_handling",
  area: "errors",
  severity: "medium",
  cwe: ["CWE-754"],
  silencedBy: {},
  fix: "leave-with",
  where: meetingFailure,
  match(facts, project) {
    return selectedIn(meetingFailure, facts, project).flatMap((definition) => [
      ...sitesOf(definition, project).flatMap((site) => (site.kind === "match" ? matchOf(site, definition, project) : [])),
    ]);
  },
  what: ({ value, missing, inside, reason, sibling }) => {
    const says = `\`${inside}\` matches \`${value}\` with \`=\`, which raises on ${missing}`;
    if (reason === "with") return `${says}, inside a \`with\` that could pass it on.`;
    if (reason === "sibling") return `${says}; \`${sibling}\` handles the same failure.`;
    return `${says}.`;
  },
  why: ({ reason }) => {
    const reasons: Record<Reason, string> = {
      with: "The failure never reaches the `else` or the caller: the process ends in a `MatchError`.",
      header:
        "Anybody can leave the header out or send it twice, and is answered 500 instead of 400 or 401; each such request is reported as a crash.",
      input:
        "What the client sends decides whether the change is valid: an invalid one ends in a `MatchError` and a 500 instead of the message that says what is wrong.",
      sibling: "The failure was met before, and here it ends in a `MatchError` that hides what went wrong.",
    };
    return reasons[reason];
  },
  instead: ({ reason }) =>
    reason === "with"
      ? "Write `<-` instead of `=`, so that the failure leaves the `with`."
      : "Match both outcomes with `case`, or with a `with` step, and answer the failure.",
  notWhen: [
    "The code is a test, a script, a migration, a mix task, or runs when the application starts.",
    "The bang variant of a function is called, as `Repo.get!` for a page that is not there: that is a decision.",
    "The match is in a process or a job, whose supervisor starts it again.",
    "The failure is none that the code of the called function shows.",
    "Another function handles the failure, and this one asks for `{:ok, …}` of what may have been checked before (then it is `possible`).",
    "A change that no client's input decides: a bare struct, a plain `change/2`, a deletion.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Orders do
  alias Shop.{Order, Repo}

  def place(id, attrs) do
    with %Order{} = order <- Repo.get(Order, id),
         {:ok, placed} = Repo.update(Order.changeset(order, attrs)) do
      {:ok, placed}
    end
  end
end

defmodule Shop.Order do
  use Ecto.Schema
  import Ecto.Changeset
  def changeset(order, attrs), do: order |> cast(attrs, [:state]) |> validate_required([:state])
end
`,
      at: "{:ok, placed} = Repo.update(Order.changeset(order, attrs))",
      good: `defmodule Shop.Orders do
  alias Shop.{Order, Repo}

  def place(id, attrs) do
    with %Order{} = order <- Repo.get(Order, id),
         {:ok, placed} <- Repo.update(Order.changeset(order, attrs)) do
      {:ok, placed}
    end
  end
end

defmodule Shop.Order do
  use Ecto.Schema
  import Ecto.Changeset
  def changeset(order, attrs), do: order |> cast(attrs, [:state]) |> validate_required([:state])
end
`,
    },
    {
      bad: `defmodule ShopWeb.WebhookController do
  use Phoenix.Controller
  import Plug.Conn

  def create(conn, params) do
    [signature] = get_req_header(conn, "x-signature")
    json(conn, %{valid: signature == params["signature"]})
  end
end
`,
      at: '[signature] = get_req_header(conn, "x-signature")',
      good: `defmodule ShopWeb.WebhookController do
  use Phoenix.Controller
  import Plug.Conn

  def create(conn, params) do
    case get_req_header(conn, "x-signature") do
      [signature] -> json(conn, %{valid: signature == params["signature"]})
      _ -> send_resp(conn, 401, "")
    end
  end
end
`,
    },
  ],
});

type MatchSite = Extract<OutcomeSite, { kind: "match" }>;

function matchOf(site: MatchSite, definition: Definition, project: Project): Match<Slots>[] {
  const { pattern, value } = site.match;
  const found = isHeader(value) ? ofHeader(pattern, definition, project) : ofFailure(site, definition, project);
  if (found === null) return [];
  return [
    {
      span: site.match.span,
      confidence: found.reason === "sibling" && pattern.kind !== "list" ? "possible" : "likely",
      slots: { value: written(value), missing: found.missing, inside: spoken(definition.id), reason: found.reason, sibling: found.sibling },
      evidence: outcomeClues(found.outcomes),
    },
  ];
}

interface Found {
  readonly reason: Reason;
  readonly missing: string;
  readonly sibling: string;
  readonly outcomes: readonly Outcome[];
}

function isHeader(value: Expression): boolean {
  return value.kind === "call" && value.function === "get_req_header" && (value.module === null || value.module === "Plug.Conn");
}

/** `[value] = get_req_header(conn, "…")`, where anybody can be the client. */
function ofHeader(pattern: Expression, definition: Definition, project: Project): Found | null {
  if (pattern.kind !== "list" || pattern.elements.length === 0 || requestPath(project, definition.id) === null) return null;
  return { reason: "header", missing: "a header that is missing or repeated", sibling: "", outcomes: [] };
}

function ofFailure({ match, inWith, outcomes: ask }: MatchSite, definition: Definition, project: Project): Found | null {
  const { pattern, value } = match;
  if (value.kind !== "call" || value.function.endsWith("!") || !wantsSuccess(pattern)) return null;
  const failures = untaken([pattern], ask()).filter(({ shape }) => isFailure(shape));
  const [first] = failures;
  if (first === undefined) return null;
  const found = { missing: spokenOutcomes(failures), outcomes: failures };
  if (inWith !== null) return { ...found, reason: "with", sibling: "" };
  if (isApart(definition, project)) return null;
  const path = requestPath(project, definition.id);
  if (path?.length === 1 && failures.some(isInvalid) && takesInput(value, definition)) return { ...found, reason: "input", sibling: "" };
  const sibling = handledElsewhere(value, definition, project);
  return sibling === null ? null : { ...found, reason: "sibling", sibling: spoken(sibling) };
}

/** `{:ok, …}`, `:ok` and lists: what is asked for when all goes well. */
function wantsSuccess(pattern: Expression): boolean {
  if (pattern.kind === "list") return pattern.elements.length > 0;
  return atomOf(pattern.kind === "tuple" ? pattern.elements[0] : pattern) === "ok";
}

/** Whether the call is given what the client sent, by the name of a parameter. */
function takesInput(value: Expression, { clause }: Definition): boolean {
  const [, ...others] = clause.parameters;
  const sent = others.flatMap((part) => collect(part, "variable"));
  const names = new Set(sent.map(({ name }) => name).filter((name) => !/^_?(conn|socket|resolution|assigns)$/.test(name)));
  return value.kind === "call" && value.arguments.some((argument) => collect(argument, "variable").some(({ name }) => names.has(name)));
}

function isInvalid({ shape }: Outcome): boolean {
  const reason = shape.kind === "tuple" ? shape.elements[1] : undefined;
  return reason?.kind === "map" && reason.struct === "Ecto.Changeset";
}

const apart = new Set(["server", "worker", "supervisor", "application", "mix_task", "test_support"]);

/** Processes and jobs, which are started again when they end. */
function isApart({ function: entry }: Definition, project: Project): boolean {
  return apart.has(project.modules.get(entry.module)?.role ?? "other");
}
