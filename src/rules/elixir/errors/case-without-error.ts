import type { Branch } from "../../../model/expression.js";
import type { Project } from "../../../model/project.js";
import type { Outcome } from "../../../project/outcomes/shapes.js";
import { defineRule, type Match } from "../../define.js";
import type { Definition } from "../../shared/definitions.js";
import { isRefusal, meetingFailure, outcomeClues, sitesOf, spokenOutcomes, untaken } from "../../shared/outcome-sites.js";
import { requestPath } from "../../shared/requests.js";
import { selectedIn } from "../../shared/selections.js";
import { spoken, written } from "../../shared/written.js";

type Slots = { value: string; missing: string; inside: string; request: "yes" | "no" };

export const caseWithoutError = defineRule<Slots>({
  id: "case-without-error",
  title: "A case has no clause for an error that its subject gives",
  trigger: "missing_error_handling",
  area: "errors",
  severity: "medium",
  cwe: ["CWE-754"],
  silencedBy: {},
  where: meetingFailure,
  match(facts, project) {
    return selectedIn(meetingFailure, facts, project).flatMap((definition) =>
      sitesOf(definition, project).flatMap((site) =>
        site.kind === "case" ? matchOf(site.branch, site.outcomes, definition, project) : [],
      ),
    );
  },
  what: ({ value, missing, inside }) => `No clause of the \`case\` in \`${inside}\` takes ${missing}, which \`${value}\` gives.`,
  why: ({ request }) =>
    request === "yes"
      ? "When it does, the request ends in a `CaseClauseError` and the client is answered 500 instead of what went wrong."
      : "When it does, the process ends in a `CaseClauseError` that says nothing about what went wrong.",
  instead: ({ missing }) => `Add a clause for ${missing} that answers, logs or hands the error on.`,
  notWhen: [
    "A clause takes everything (`_`, `other`), or might take it.",
    "Only one clause is written: that asserts an outcome, as a match does (then it is `possible`).",
    "The outcome is none that the code of the called function shows.",
    "The code is a test, a script, a migration or a mix task.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Orders do
  alias Shop.{Order, Repo}

  def find(id) do
    case Repo.get(Order, id) do
      %Order{paid: true} = order -> {:ok, order}
      nil -> {:error, :not_found}
      %Order{} -> {:error, :unpaid}
    end
  end

  def total(id) do
    case find(id) do
      {:ok, order} -> order.total
      {:error, :not_found} -> 0
    end
  end
end
`,
      at: "case",
      good: `defmodule Shop.Orders do
  alias Shop.{Order, Repo}

  def find(id) do
    case Repo.get(Order, id) do
      %Order{paid: true} = order -> {:ok, order}
      nil -> {:error, :not_found}
      %Order{} -> {:error, :unpaid}
    end
  end

  def total(id) do
    case find(id) do
      {:ok, order} -> order.total
      {:error, _reason} -> 0
    end
  end
end
`,
    },
  ],
});

function matchOf(branch: Branch, outcomes: () => readonly Outcome[], definition: Definition, project: Project): Match<Slots>[] {
  const patterns = branch.clauses.flatMap(({ patterns: [pattern] }) => pattern ?? []);
  if (patterns.length === 0 || patterns.some(({ kind }) => kind === "variable")) return [];
  const missing = untaken(patterns, outcomes()).filter(isRefusal);
  if (missing.length === 0) return [];
  return [
    {
      span: branch.nameSpan,
      confidence: patterns.length > 1 ? "likely" : "possible",
      slots: {
        value: written(branch.subject),
        missing: spokenOutcomes(missing),
        inside: spoken(definition.id),
        request: requestPath(project, definition.id) === null ? "no" : "yes",
      },
      evidence: outcomeClues(missing),
    },
  ];
}
