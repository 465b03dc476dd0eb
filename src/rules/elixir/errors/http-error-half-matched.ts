import type { Expression } from "../../../model/expression.js";
import type { Span } from "../../../model/span.js";
import { outlineOfClause } from "../../../model/outline.js";
import { collect } from "../../../model/walk.js";
import { fits } from "../../../project/outcomes/fits.js";
import { error, struct } from "../../../project/outcomes/shapes.js";
import { atomOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import type { Definition } from "../../shared/definitions.js";
import { allDefinitions, among, selectedIn } from "../../shared/selections.js";
import { spoken } from "../../shared/written.js";

type Slots = { matched: string; other: string; inside: string; raises: string };

/** Error structs of HTTP clients that are one of several, and another that comes in the same place. */
const oneOfSeveral: ReadonlyMap<string, string> = new Map([
  ["Req.TransportError", "Req.HTTPError"],
  ["Req.HTTPError", "Req.TransportError"],
  ["Mint.TransportError", "Mint.HTTPError"],
  ["Mint.HTTPError", "Mint.TransportError"],
  ["Finch.Error", "Mint.TransportError"],
]);

const naming = among(allDefinitions, ({ clause }) => outlineOfClause(clause).structs.some((name) => oneOfSeveral.has(name)));

export const httpErrorHalfMatched = defineRule<Slots>({
  id: "http-error-half-matched",
  title: "Only one kind of an HTTP client's errors is handled",
  trigger: "missing_error_handling",
  area: "errors",
  severity: "medium",
  cwe: ["CWE-754"],
  silencedBy: {},
  where: naming,
  match(facts, project) {
    return selectedIn(naming, facts, project).flatMap(matchOf);
  },
  what: ({ matched, other, inside }) =>
    `\`${inside}\` handles \`{:error, %${matched}{}}\` and no other error of the client, as \`%${other}{}\`, nor one that a step on the way makes.`,
  why: ({ raises }) =>
    `The client gives other exceptions in the same place (a malformed response, a redirect too many, a pool without a free connection): each of them raises a \`${raises}\` here.`,
  instead: () => "Match `{:error, exception}` in the last clause, and take its text with `Exception.message/1`.",
  notWhen: [
    "Another clause takes other errors too, as `{:error, reason}`, `{:error, %{reason: reason}}` or `_`.",
    "The code is a test or a script.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Rates do
  require Logger

  def fetch(url), do: url |> Req.get() |> handle()

  defp handle({:ok, %Req.Response{status: 200, body: body}}), do: body
  defp handle({:ok, _response}), do: %{}

  defp handle({:error, %Req.TransportError{reason: reason}}) do
    Logger.warning("no rates: #{reason}")
    %{}
  end
end
`,
      at: "{:error, %Req.TransportError{reason: reason}}",
      good: `defmodule Shop.Rates do
  require Logger

  def fetch(url), do: url |> Req.get() |> handle()

  defp handle({:ok, %Req.Response{status: 200, body: body}}), do: body
  defp handle({:ok, _response}), do: %{}

  defp handle({:error, exception}) do
    Logger.warning("no rates: #{Exception.message(exception)}")
    %{}
  end
end
`,
    },
  ],
});

/** Clauses of the function, or of a `case` in it, among which none takes another error. */
function matchOf(definition: Definition): Match<Slots>[] {
  const { clauses } = definition.function.facts;
  const heads = definition.clause.parameters.flatMap((parameter, position) =>
    foundAmong(
      [parameter],
      clauses.map(({ parameters }) => parameters[position] ?? parameter),
      "FunctionClauseError",
      definition,
    ),
  );
  const cases = collect(definition.body, "branch").flatMap((branch) => {
    if (branch.form !== "case" && branch.form !== "with") return [];
    const role = branch.form === "with" ? "else" : "clause";
    const patterns = branch.clauses.flatMap(({ role: own, patterns: [pattern] }) =>
      own === role && pattern !== undefined ? [pattern] : [],
    );
    return foundAmong(patterns, patterns, branch.form === "with" ? "WithClauseError" : "CaseClauseError", definition);
  });
  return [...heads, ...cases];
}

function foundAmong(looked: readonly Expression[], all: readonly Expression[], raises: string, definition: Definition): Match<Slots>[] {
  return looked.flatMap((pattern) => {
    const matched = errorStruct(pattern);
    const other = matched === null ? undefined : oneOfSeveral.get(matched);
    if (matched === null || other === undefined) return [];
    const taken = (name: string): boolean => all.some((one) => fits(one, error(struct(name))) !== "never");
    return taken("Some.Other.Exception")
      ? []
      : [found(pattern.span, { matched, other: taken(other) ? "RuntimeError" : other, inside: spoken(definition.id), raises })];
  });
}

function found(span: Span, slots: Slots): Match<Slots> {
  return { span, confidence: "likely", slots, evidence: [] };
}

/** The struct of `{:error, %Struct{…}}`, also when the whole is named. */
function errorStruct(pattern: Expression): string | null {
  if (pattern.kind === "match") return errorStruct(pattern.pattern) ?? errorStruct(pattern.value);
  if (pattern.kind !== "tuple" || pattern.elements.length !== 2 || atomOf(pattern.elements[0]) !== "error") return null;
  const reason = pattern.elements[1];
  return reason?.kind === "map" ? reason.struct : null;
}
