import type { Expression } from "../../../model/expression.js";
import type { FunctionClause } from "../../../model/facts.js";
import { outlineOfClause } from "../../../model/outline.js";
import type { FunctionId, Project, ProjectFunction } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import { callersOf } from "../../../project/callers-of.js";
import { atomOf, booleanOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import type { Definition } from "../../shared/definitions.js";
import { isError } from "../../shared/error-ends.js";
import { definitionsNamed, selectedIn } from "../../shared/selections.js";
import { isGuarded, parameterOf } from "../../shared/value-sources.js";
import { spoken } from "../../shared/written.js";

type Slots = { check: string; parsed: string; refused: number };

const checks = definitionsNamed((name) => checking.test(name));

export const sqlCheckLetsRestThrough = defineRule<Slots>({
  id: "sql-check-lets-rest-through",
  title: "A check of SQL text accepts everything it does not know",
  trigger: "sql_injection_risk",
  area: "security",
  severity: "high",
  cwe: ["CWE-184", "CWE-89"],
  silencedBy: {},
  where: checks,
  match(facts, project) {
    return selectedIn(checks, facts, project).flatMap((definition) => matchOf(definition, project));
  },
  what: ({ check, parsed, refused }) =>
    `\`${check}\` looks at the parts of the SQL that \`${parsed}\` parses, refuses in ${String(refused)} clause${refused === 1 ? "" : "s"}, and its last clause accepts every other part.`,
  why: ({ parsed }) =>
    `Function calls, subqueries and whatever else SQL has pass unseen: text that \`${parsed}\` was given from outside reaches the database as it was written.`,
  instead: ({ check }) =>
    `List the parts that \`${check}\` accepts, one clause each, and let the last clause refuse; then run what the parser writes back, not the text that came in.`,
  notWhen: [
    "The last clause refuses.",
    "No clause refuses: it is a walk and no check.",
    "The text that is parsed is written in the source.",
    "The check is not reached from a function that puts a value into SQL text and parses it.",
    "The code is a test, a seed, a migration or a mix task.",
  ],
  examples: [
    {
      bad: `defmodule Shop.SortOrder do
  def validate(order_by) do
    with {:ok, parsed} <- PgQuery.parse("SELECT 1 ORDER BY #{order_by}") do
      parsed |> nodes() |> Enum.reduce_while(:ok, &check_node/2)
    end
  end

  defp nodes(parsed), do: parsed.stmts

  defp check_node(%PgQuery.ParamRef{}, _result), do: {:halt, {:error, "parameters are not supported"}}
  defp check_node(_node, result), do: {:cont, result}
end
`,
      at: "defp check_node(_node, result), do: {:cont, result}",
      good: `defmodule Shop.SortOrder do
  def validate(order_by) do
    with {:ok, parsed} <- PgQuery.parse("SELECT 1 ORDER BY #{order_by}") do
      parsed |> nodes() |> Enum.reduce_while(:ok, &check_node/2)
    end
  end

  defp nodes(parsed), do: parsed.stmts

  defp check_node(%PgQuery.ColumnRef{}, result), do: {:cont, result}
  defp check_node(_node, _result), do: {:halt, {:error, "only columns are supported"}}
end
`,
    },
  ],
});

const checking = /valid|check|allow|permit|safe|verify|assert/i;
const sqlText = /\b(select|order\s+by|where)\b/i;
const farthest = 3;

function matchOf(definition: Definition, project: Project): Match<Slots>[] {
  const { facts } = definition.function;
  const clauses = facts.clauses.filter((clause) => outlineOfClause(clause).hasBody);
  const last = clauses.at(-1);
  if (last !== definition.clause || clauses.length < 2 || !checking.test(facts.name) || !takesAnything(last) || !accepts(definition.body))
    return [];
  const refusing = clauses.slice(0, -1).filter((clause) => clause.body !== null && refuses(clause.body));
  if (
    refusing.length === 0 ||
    !clauses.some((clause) => outlineOfClause(clause).structs.some((name) => /^(PgQuery|Postgrex|SQL)/.test(name)))
  )
    return [];
  const parsed = parsingCaller(definition.id, project);
  if (parsed === null) return [];
  return [
    {
      span: definition.clause.span,
      confidence: "likely",
      slots: { check: spoken(definition.id), parsed: spoken(parsed.id), refused: refusing.length },
      evidence: [{ at: { path: parsed.path, span: parsed.facts.nameSpan }, note: "the text is parsed here" }],
    },
  ];
}

function takesAnything({ parameters, guard }: FunctionClause): boolean {
  return guard === null && parameters.every(({ kind }) => kind === "variable");
}

/** `:ok`, `true`, `{:ok, …}`, `{:cont, …}`. */
function accepts(body: Expression): boolean {
  if (body.kind === "tuple") return ["ok", "cont"].includes(atomOf(body.elements[0]) ?? "");
  return atomOf(body) === "ok" || booleanOf(body) === true;
}

function refuses(body: Expression): boolean {
  return (
    booleanOf(body) === false || collect(body, "tuple").some(isError) || collect(body, "call").some((call) => call.function === "raise")
  );
}

/** A function at most three calls up that puts a value into SQL text and gives it to a parser. */
function parsingCaller(id: FunctionId, project: Project): ProjectFunction | null {
  let frontier: readonly FunctionId[] = [id];
  const seen = new Set(frontier);
  for (let depth = 0; depth < farthest; depth += 1) {
    const callers = [...new Set(frontier.flatMap((callee) => callersOf(project, callee).map(({ caller }) => caller)))].filter(
      (caller) => !seen.has(caller),
    );
    for (const caller of callers) {
      seen.add(caller);
      const entry = project.functions.get(caller);
      if (entry !== undefined && parsesGivenText(entry)) return entry;
    }
    frontier = callers;
  }
  return null;
}

function parsesGivenText(entry: ProjectFunction): boolean {
  return entry.facts.clauses.some((clause) => {
    if (!outlineOfClause(clause).calls.some(({ function: name }) => /^parse!?$/.test(name)) || clause.body === null) return false;
    const definition: Definition = { id: entry.id, function: entry, clause, body: clause.body };
    return collect(clause.body, "interpolation").some(
      ({ parts }) =>
        parts.some((part) => part.kind === "literal" && sqlText.test(part.value)) &&
        parts.some((part) => part.kind === "variable" && parameterOf(part.name, definition) !== -1 && !isGuarded(part.name, definition)),
    );
  });
}
