import type { Call, Expression } from "../../../model/expression.js";
import type { Project } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import { repositoryCall } from "../../../project/repository-call.js";
import { defineRule, type Clue, type Match } from "../../define.js";
import type { Callee } from "../../shared/definition-index.js";
import { originOf, type Origin } from "../../shared/origin.js";
import { definitionsCalling, selectedIn } from "../../shared/selections.js";
import { builtTexts, embeddedIn } from "../../shared/sql-text.js";
import type { Definition } from "../../shared/definitions.js";
import { requestPath } from "../../shared/requests.js";
import { spoken, written } from "../../shared/written.js";

type Slots = { call: string; values: string; origin: Origin; request: string };

const callers = definitionsCalling(takesSql);

export const sqlBuiltFromValues = defineRule<Slots>({
  id: "sql-built-from-values",
  title: "Values are put into the text of an SQL statement",
  trigger: "sql_injection_risk",
  area: "security",
  severity: "high",
  cwe: ["CWE-89"],
  silencedBy: { sobelow: ["SQL.Query", "SQL.Stream"] },
  fix: "parameterise-sql",
  where: callers,
  match(facts, project) {
    return selectedIn(callers, facts, project).flatMap((definition) =>
      collect(definition.body, "call").flatMap((call) => matchOf(call, definition, project)),
    );
  },
  what: ({ call, values }) => `\`${call}\` runs SQL whose text contains the value of ${values}.`,
  why: ({ origin, values, request }) =>
    origin === "request"
      ? `${values} comes from the request: whoever sends it chooses what the database executes.`
      : `Nothing between here and its origin limits what ${values} may contain${
          request === "" ? "" : `, and \`${request}\` leads here`
        }: a quote or a semicolon in it changes the statement.`,
  instead: ({ values }) =>
    `Pass ${values} as a query parameter (\`$1\` and the parameter list, or \`^value\` in an Ecto query); an identifier cannot be a parameter, so choose it from a list written in the source.`,
  notWhen: [
    "Every part is written in the source: literals, module attributes, branches of literals, functions that return literals.",
    "The value is a number, a date or generated, or its clause is guarded (`when column in …`, `is_integer`).",
    "The value goes through a function that quotes or escapes it.",
    "A regular expression that is anchored at both ends and lets no quote, blank, bracket or semicolon through has looked at the value first.",
    "The value is a parameter (`$1`, `^value`), also when that parameter is itself an interpolated string.",
    "The value's origin is inside the program, and no request reaches the code or the statement takes a name (`DROP TABLE …`) that no parameter can carry (then it is `possible`).",
    "The code is a test, a seed, a migration or a mix task.",
  ],
  examples: [
    {
      bad: `defmodule ShopWeb.SearchController do
  use Phoenix.Controller
  alias Shop.Repo

  def index(conn, %{"q" => q}) do
    json(conn, Repo.query!("SELECT * FROM products WHERE name LIKE '%#{q}%'").rows)
  end
end
`,
      at: `Repo.query!("SELECT * FROM products WHERE name LIKE '%#{q}%'")`,
      good: `defmodule ShopWeb.SearchController do
  use Phoenix.Controller
  alias Shop.Repo

  def index(conn, %{"q" => q}) do
    json(conn, Repo.query!("SELECT * FROM products WHERE name LIKE $1", ["%#{q}%"]).rows)
  end
end
`,
    },
    {
      bad: `defmodule ShopWeb.ReportController do
  use Phoenix.Controller
  alias Shop.Reports

  def show(conn, params), do: json(conn, Reports.sorted(params["by"]))
end

defmodule Shop.Reports do
  def sorted(column) do
    sql = "SELECT * FROM reports ORDER BY " <> column
    Ecto.Adapters.SQL.query!(Shop.Repo, sql, [])
  end
end
`,
      at: "Ecto.Adapters.SQL.query!(Shop.Repo, sql, [])",
      good: `defmodule ShopWeb.ReportController do
  use Phoenix.Controller
  alias Shop.Reports

  def show(conn, params), do: json(conn, Reports.sorted(params["by"]))
end

defmodule Shop.Reports do
  def sorted(by) do
    sql = "SELECT * FROM reports ORDER BY " <> column(by)
    Ecto.Adapters.SQL.query!(Shop.Repo, sql, [])
  end

  defp column("date"), do: "inserted_at"
  defp column(_), do: "id"
end
`,
    },
  ],
});

const clients = new Set(["Ecto.Adapters.SQL", "Postgrex", "MyXQL", "Tds", "Exqlite"]);

function matchOf(call: Call, definition: Definition, project: Project): Match<Slots>[] {
  const statement = statementOf(call, project);
  if (statement === null) return [];
  const loose = builtTexts(statement, definition, project).flatMap((built) =>
    embeddedIn(built.text).flatMap((part) => {
      const origin = originOf(part, built.definition, project);
      return origin === "fixed" ? [] : [{ ...built, part, origin }];
    }),
  );
  const [first] = loose;
  if (first === undefined) return [];
  const origin: Origin = loose.some((part) => part.origin === "request") ? "request" : "unknown";
  const path = requestPath(project, definition.id);
  const isElsewhere = first.definition.function.module !== definition.function.module;
  const clue: Clue[] =
    first.text === statement
      ? []
      : [{ at: { path: first.definition.function.path, span: first.text.span }, note: "the statement is put together here" }];
  return [
    {
      span: call.segment,
      confidence: origin === "request" ? "certain" : path === null || isElsewhere || namesObjects(first.text) ? "possible" : "likely",
      severity: origin === "request" ? "critical" : "high",
      slots: {
        call: spoken(`${call.module === null ? "" : `${call.module}.`}${call.function}`),
        values: [...new Set(loose.map(({ part }) => `\`${written(part)}\``))].join(" and "),
        origin,
        request: path === null || path.length < 2 ? "" : spoken(path[0] ?? ""),
      },
      evidence: [
        ...clue,
        ...loose.map(({ part, origin: from, definition: where }) => ({
          at: { path: where.function.path, span: part.span },
          note: from === "request" ? `${written(part)} is what the client sent` : `${written(part)} becomes part of the statement`,
        })),
      ],
    },
  ];
}

function takesSql({ function: name }: Callee): boolean {
  return /^(query(_many)?!?|stream|execute!?)$/.test(name);
}

/** The SQL argument of a raw query, on a repository or on a database client. */
function statementOf(call: Call, project: Project): Expression | null {
  if (!takesSql(call)) return null;
  if (clients.has(call.module ?? "")) return call.arguments[1] ?? null;
  return repositoryCall(project, call)?.operation === "raw" ? (call.arguments[0] ?? null) : null;
}

/** Statements that take names instead of values: parameters would not help them. */
function namesObjects(text: Expression): boolean {
  const first = collect(text, "literal").find((literal) => literal.type === "string" && literal.value.trim() !== "");
  return (
    first !== undefined &&
    /^\s*(create|drop|alter|grant|revoke|truncate|vacuum|analyze|set|reset|listen|notify|comment|refresh|lock|use|copy|explain)\b/i.test(
      first.value,
    )
  );
}
