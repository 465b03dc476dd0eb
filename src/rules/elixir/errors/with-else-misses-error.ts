import type { Branch } from "../../../model/expression.js";
import type { Outcome } from "../../../project/outcomes/shapes.js";
import { defineRule, type Match } from "../../define.js";
import type { Definition } from "../../shared/definitions.js";
import { meetingFailure, outcomeClues, sitesOf, spokenOutcomes, untaken } from "../../shared/outcome-sites.js";
import { selectedIn } from "../../shared/selections.js";
import { spoken } from "../../shared/written.js";

type Slots = { missing: string; inside: string };

export const withElseMissesError = defineRule<Slots>({
  id: "with-else-misses-error",
  title: "The else of a with misses an error that its steps give",
  trigger: "missing_error_handling",
  area: "errors",
  severity: "medium",
  cwe: ["CWE-754"],
  silencedBy: {},
  where: meetingFailure,
  match(facts, project) {
    return selectedIn(meetingFailure, facts, project).flatMap((definition) =>
      sitesOf(definition, project).flatMap((site) => (site.kind === "else" ? matchOf(site.branch, site.outcomes, definition) : [])),
    );
  },
  what: ({ missing, inside }) =>
    `The \`else\` of the \`with\` in \`${inside}\` has no clause for ${missing}, which one of its steps gives.`,
  why: () =>
    "An `else` replaces the fall-through: what none of its clauses takes raises a `WithClauseError` instead of reaching the caller as the error it was.",
  instead: ({ missing }) =>
    `Add a clause for ${missing}, or leave the \`else\` out and let the functions called give errors of one form, so that they fall through.`,
  notWhen: [
    "A clause takes everything, or might take it.",
    "The outcome is none that the code of the called function shows, or a step takes it.",
    "The `with` has no `else`: then the error is its value.",
    "The code is a test, a script, a migration or a mix task.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Orders do
  alias Shop.{Order, Repo}

  def pay(id, token) do
    with {:ok, card} <- read_card(token),
         %Order{} = order <- Repo.get(Order, id) do
      charge(order, card)
    else
      {:error, reason} -> {:error, reason}
    end
  end

  defp read_card(""), do: {:error, :no_card}
  defp read_card(token), do: {:ok, token}
  defp charge(order, card), do: {:ok, {order, card}}
end
`,
      at: "with",
      good: `defmodule Shop.Orders do
  alias Shop.{Order, Repo}

  def pay(id, token) do
    with {:ok, card} <- read_card(token),
         %Order{} = order <- Repo.get(Order, id) do
      charge(order, card)
    else
      nil -> {:error, :not_found}
      {:error, reason} -> {:error, reason}
    end
  end

  defp read_card(""), do: {:error, :no_card}
  defp read_card(token), do: {:ok, token}
  defp charge(order, card), do: {:ok, {order, card}}
end
`,
    },
  ],
});

function matchOf(branch: Branch, outcomes: () => readonly Outcome[], definition: Definition): Match<Slots>[] {
  const patterns = branch.clauses.flatMap(({ role, patterns: [pattern] }) => (role === "else" && pattern !== undefined ? [pattern] : []));
  if (patterns.length === 0 || patterns.some(({ kind }) => kind === "variable")) return [];
  const missing = untaken(patterns, outcomes());
  if (missing.length === 0) return [];
  return [
    {
      span: branch.nameSpan,
      confidence: "likely",
      slots: { missing: spokenOutcomes(missing), inside: spoken(definition.id) },
      evidence: outcomeClues(missing),
    },
  ];
}
