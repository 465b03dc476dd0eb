import type { Expression } from "../../../model/expression.js";
import type { Span } from "../../../model/span.js";
import { fits } from "../../../project/outcomes/fits.js";
import { isWhole, type Outcome } from "../../../project/outcomes/shapes.js";
import type { OutcomeSite } from "../../../project/outcomes/sites.js";
import { atomOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import type { Definition } from "../../shared/definitions.js";
import { meetingFailure, outcomeClues, sitesOf, spokenOutcomes } from "../../shared/outcome-sites.js";
import { selectedIn } from "../../shared/selections.js";
import { spoken, written } from "../../shared/written.js";

type Slots = { value: string; gives: string; inside: string; form: "step" | "match" | "case" };

export const patternNeverMatches = defineRule<Slots>({
  id: "pattern-never-matches",
  title: "A pattern can never match what it is given",
  trigger: "missing_error_handling",
  area: "errors",
  severity: "high",
  cwe: ["CWE-703"],
  silencedBy: {},
  fix: "match-row",
  where: meetingFailure,
  match(facts, project) {
    return selectedIn(meetingFailure, facts, project).flatMap((definition) =>
      sitesOf(definition, project).flatMap((site) => matchOf(site, definition)),
    );
  },
  what: ({ value, gives, inside, form }) => {
    const place = form === "step" ? "the arrow" : form === "match" ? "the match" : "the clause";
    return `${place.charAt(0).toUpperCase()}${place.slice(1)} in \`${inside}\` can never match: \`${value}\` gives ${gives}.`;
  },
  why: ({ form }) => {
    if (form === "step") return "Every call leaves the `with` at this step, also when all went well: what follows has never run.";
    if (form === "match") return "Every call that comes here raises a `MatchError`.";
    return "The success is never handled as one: it falls to another clause or raises a `CaseClauseError`.";
  },
  instead: ({ value }) => `Match what \`${value}\` gives back, or wrap its result so that it gives what the pattern asks for.`,
  notWhen: [
    "Not everything that the called function can give back is known from the code.",
    "Only a clause for an error can never match: that is a precaution.",
    "The code is a test, a script, a migration or a mix task.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Orders do
  alias Shop.{Order, Repo}

  def remove(id) do
    with {:ok, order} <- Repo.get(Order, id) do
      Repo.delete(order)
    else
      _ -> {:error, :not_found}
    end
  end
end
`,
      at: "{:ok, order} <- Repo.get(Order, id)",
      good: `defmodule Shop.Orders do
  alias Shop.{Order, Repo}

  def remove(id) do
    with %Order{} = order <- Repo.get(Order, id) do
      Repo.delete(order)
    else
      _ -> {:error, :not_found}
    end
  end
end
`,
    },
  ],
});

function matchOf(site: OutcomeSite, definition: Definition): Match<Slots>[] {
  if (site.kind === "else") return [];
  if (site.kind === "case") return ofCase(site, definition);
  const { pattern, value } = site.kind === "step" ? site.step : site.match;
  if (pattern === null || !isTelling(pattern)) return [];
  const outcomes = site.outcomes();
  if (!neverTaken(pattern, outcomes)) return [];
  return [found(site.kind, { start: pattern.span.start, end: value.span.end }, value, outcomes, definition)];
}

/** A clause for success that nothing can reach. */
function ofCase({ branch, outcomes: ask }: Extract<OutcomeSite, { kind: "case" }>, definition: Definition): Match<Slots>[] {
  const clause = branch.clauses.find(({ patterns: [pattern] }) => pattern?.kind === "tuple" && atomOf(pattern.elements[0]) === "ok");
  const [pattern] = clause?.patterns ?? [];
  if (pattern === undefined || branch.subject === null) return [];
  const outcomes = ask();
  if (!neverTaken(pattern, outcomes)) return [];
  return [found("case", pattern.span, branch.subject, outcomes, definition)];
}

function neverTaken(pattern: Expression, outcomes: readonly Outcome[]): boolean {
  return isWhole(outcomes) && outcomes.every(({ shape }) => fits(pattern, shape) === "never");
}

/** Patterns that any value fits need no look at the value. */
function isTelling(pattern: Expression): boolean {
  return pattern.kind !== "variable";
}

function found(form: Slots["form"], span: Span, value: Expression, outcomes: readonly Outcome[], { id }: Definition): Match<Slots> {
  return {
    span,
    confidence: "likely",
    slots: { value: written(value), gives: spokenOutcomes(outcomes), inside: spoken(id), form },
    evidence: outcomeClues(outcomes),
  };
}
