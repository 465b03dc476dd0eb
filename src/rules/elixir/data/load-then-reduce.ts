import type { Call, Expression, Lambda } from "../../../model/expression.js";
import type { Confidence, Severity } from "../../../model/finding.js";
import type { Project } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import { queriesIn } from "../../../project/queries/queries-in.js";
import type { RunQuery } from "../../../project/queries/types.js";
import { defineRule, type Match } from "../../define.js";
import type { Callee } from "../../shared/definition-index.js";
import type { Definition } from "../../shared/definitions.js";
import { growingTables, isNarrowed } from "../../shared/growing.js";
import { resolved } from "../../shared/bound-values.js";
import { definitionsCalling, selectedIn } from "../../shared/selections.js";
import { readBehind, type RepositoryUse } from "../../shared/stored-rows.js";
import { spoken } from "../../shared/written.js";

type Purpose = "count" | "filter" | "sum" | "order" | "first";
type Slots = { reducer: string; loaded: string; table: string; purpose: Purpose; inside: string };

const callers = definitionsCalling(isReducer);

export const loadThenReduce = defineRule<Slots>({
  id: "load-then-reduce",
  title: "Rows are loaded only to be counted, filtered, summed or thrown away",
  trigger: "critical_pattern",
  area: "data",
  severity: "medium",
  cwe: ["CWE-770"],
  silencedBy: {},
  fix: "count-in-database",
  where: callers,
  match(facts, project) {
    return selectedIn(callers, facts, project).flatMap((definition) =>
      project.effects.get(definition.id)?.has("query") === true
        ? collect(definition.body, "call").flatMap((call) => matchOf(call, definition, project))
        : [],
    );
  },
  what: ({ reducer, loaded, table, purpose, inside }) => {
    const keeps: Record<Purpose, string> = {
      count: "only counts them",
      filter: "keeps some of them",
      sum: "only adds them up",
      order: "puts them in order",
      first: "keeps the first",
    };
    return `\`${inside}\` loads rows of \`${table}\` with \`${loaded}\`, and \`${reducer}\` ${keeps[purpose]}.`;
  },
  why: ({ table, purpose }) =>
    purpose === "count"
      ? `Every row of \`${table}\` is read, sent, decoded and held in memory for one number that the database has at hand.`
      : `Every row of \`${table}\` is read, sent, decoded and held in memory, and the database, which has the indexes, is asked for none of that work; it grows with the table.`,
  instead: ({ purpose }) => {
    const better: Record<Purpose, string> = {
      count: 'Ask for the number: `Repo.aggregate(query, :count)`, or `Repo.exists?(query)` where only "any or none" matters.',
      filter: "Put the condition into the query with `where`.",
      sum: "Ask for the sum: `Repo.aggregate(query, :sum, :field)`.",
      order: "Let the query do it with `order_by`, and with `limit` where only some are shown.",
      first: "Let the query do it: `limit(1)` with `order_by`, and `Repo.one`.",
    };
    return better[purpose];
  },
  notWhen: [
    "The rows are used for anything else as well.",
    "The query is limited already, or a part of it could not be read.",
    "To be filtered, summed, ordered or cut, the table must be one that grows and the query must not narrow it to one owner, given keys or a search.",
    "The condition asks for more than columns of the row compared with values.",
    "The table holds few rows by its name (then it is `possible`).",
    "The code is a test, a seed, a migration or a mix task.",
  ],
  examples: [
    {
      bad: {
        "lib/shop/repo.ex": "defmodule Shop.Repo do\n  use Ecto.Repo, otp_app: :shop\nend\n",
        "lib/shop/order.ex":
          'defmodule Shop.Order do\n  use Ecto.Schema\n\n  schema "orders" do\n    belongs_to :user, Shop.User\n    field :paid, :boolean\n  end\nend\n',
        "lib/shop/orders.ex": `defmodule Shop.Orders do
  import Ecto.Query
  alias Shop.{Order, Repo}

  def open_orders(user) do
    length(Repo.all(from o in Order, where: o.user_id == ^user.id and not o.paid))
  end
end
`,
      },
      at: "length(Repo.all(from o in Order, where: o.user_id == ^user.id and not o.paid))",
      good: {
        "lib/shop/repo.ex": "defmodule Shop.Repo do\n  use Ecto.Repo, otp_app: :shop\nend\n",
        "lib/shop/order.ex":
          'defmodule Shop.Order do\n  use Ecto.Schema\n\n  schema "orders" do\n    belongs_to :user, Shop.User\n    field :paid, :boolean\n  end\nend\n',
        "lib/shop/orders.ex": `defmodule Shop.Orders do
  import Ecto.Query
  alias Shop.{Order, Repo}

  def open_orders(user) do
    Repo.aggregate(from(o in Order, where: o.user_id == ^user.id and not o.paid), :count)
  end
end
`,
      },
    },
    {
      bad: {
        "lib/shop/repo.ex": "defmodule Shop.Repo do\n  use Ecto.Repo, otp_app: :shop\nend\n",
        "lib/shop/order.ex":
          'defmodule Shop.Order do\n  use Ecto.Schema\n\n  schema "orders" do\n    belongs_to :user, Shop.User\n    field :city, :string\n  end\nend\n',
        "lib/shop/orders.ex": `defmodule Shop.Orders do
  alias Shop.{Order, Repo}

  def in_city(city) do
    Order |> Repo.all() |> Enum.filter(&(&1.city == city))
  end
end
`,
      },
      at: "Enum.filter(&(&1.city == city))",
      good: {
        "lib/shop/repo.ex": "defmodule Shop.Repo do\n  use Ecto.Repo, otp_app: :shop\nend\n",
        "lib/shop/order.ex":
          'defmodule Shop.Order do\n  use Ecto.Schema\n\n  schema "orders" do\n    belongs_to :user, Shop.User\n    field :city, :string\n  end\nend\n',
        "lib/shop/orders.ex": `defmodule Shop.Orders do
  import Ecto.Query
  alias Shop.{Order, Repo}

  def in_city(city) do
    Order |> where([o], o.city == ^city) |> Repo.all()
  end
end
`,
      },
    },
  ],
});

const purposes: ReadonlyMap<string, Purpose> = new Map([
  ["count", "count"],
  ["length", "count"],
  ["filter", "filter"],
  ["reject", "filter"],
  ["find", "filter"],
  ["any?", "filter"],
  ["sum_by", "sum"],
  ["sort_by", "order"],
  ["max_by", "first"],
  ["min_by", "first"],
  ["take", "first"],
]);

function isReducer({ module, function: name }: Callee): boolean {
  return (module === "Enum" && name !== "length" && purposes.has(name)) || (module === null && name === "length");
}

function matchOf(call: Call, definition: Definition, project: Project): Match<Slots>[] {
  const purpose = isReducer(call) ? purposes.get(call.function) : undefined;
  const [rows, given] = call.arguments;
  if (purpose === undefined || rows === undefined || !isUsedOnce(rows, definition.body)) return [];
  const { body, function: entry } = definition;
  const use = loadBehind(rows, body, entry.module, project);
  const query = use === null ? null : queryAt(use, definition, project);
  const table = query?.sources[0]?.table ?? null;
  if (use === null || query === null || table === null || query.limited || query.opaque || query.aggregated) return [];
  if (purpose === "filter" || given?.kind === "lambda" ? !asksColumns(given, query, project) : false) return [];
  const grows = growingTables(project).has(table) && !isNarrowed(query, project) && query.sources.length === 1;
  if (!grows && (purpose !== "count" || given !== undefined)) return [];
  return [
    {
      span: call.segment,
      confidence: confidenceOf(purpose, grows, use),
      severity: severityOf(grows),
      slots: {
        reducer: spoken(`${call.module === null ? "" : "Enum."}${call.function}`),
        loaded: spoken(`${use.call.module ?? ""}.${use.name}`),
        table,
        purpose,
        inside: spoken(definition.id),
      },
      evidence: use.through.length === 0 ? [] : [{ at: query.at, note: "the rows are loaded here" }],
    },
  ];
}

function confidenceOf(purpose: Purpose, grows: boolean, use: RepositoryUse): Confidence {
  if (purpose === "count" && use.through.length === 0) return grows ? "certain" : "likely";
  return grows ? "likely" : "possible";
}

function severityOf(grows: boolean): Severity {
  return grows ? "medium" : "low";
}

/** Rows that come straight from the repository, or from a function that only loads them. */
function loadBehind(rows: Expression, body: Expression, module: string, project: Project): RepositoryUse | null {
  const use = readBehind(project, rows, body, module);
  return use !== null && use.name === "all" && use.through.length <= 1 ? use : null;
}

function queryAt(use: RepositoryUse, definition: Definition, project: Project): RunQuery | null {
  const owner = use.through.at(-1) ?? definition.id;
  return (
    queriesIn(project, owner).find(({ at }) => at.span.start === use.call.segment.start && at.span.end === use.call.segment.end) ?? null
  );
}

/** The rows are written in the call, or bound to a name that nothing else reads. */
function isUsedOnce(rows: Expression, body: Expression): boolean {
  if (rows.kind === "call") return true;
  if (rows.kind !== "variable") return false;
  return resolved(rows, body) !== rows && collect(body, "variable").filter(({ name }) => name === rows.name).length === 2;
}

const comparing = /^(==|!=|<|>|<=|>=|and|or|&&|\|\||not|!|in|is_nil)$/;

/** Whether a lambda looks at nothing but stored columns of its element, compared with values. */
function asksColumns(given: Expression | undefined, query: RunQuery, project: Project): boolean {
  const fields = project.schemas.get(query.sources[0]?.schema ?? "")?.fields.filter(({ virtual }) => !virtual) ?? [];
  if (given?.kind !== "lambda") return false;
  const [clause, ...more] = given.clauses;
  const element = clause?.patterns[0];
  if (clause === undefined || more.length > 0 || element?.kind !== "variable" || clause.patterns.length > 1) return false;
  return (
    isPlain(clause.body) &&
    readsElement(
      given,
      element.name,
      fields.map(({ name }) => name),
    )
  );
}

function isPlain(body: Expression): boolean {
  const simple = collect(body, "call").every(({ function: name }) => name === "is_nil") && collect(body, "branch").length === 0;
  return (
    simple &&
    collect(body, "operator").every(({ operator }) => comparing.test(operator)) &&
    ["operator", "access", "call"].includes(body.kind)
  );
}

function readsElement(lambda: Lambda, name: string, fields: readonly string[]): boolean {
  const reads = collect(lambda, "access").filter(({ subject }) => subject.kind === "variable" && subject.name === name);
  const mentions = lambda.clauses.flatMap(({ body }) => collect(body, "variable")).filter((variable) => variable.name === name);
  return (
    reads.length > 0 &&
    mentions.length === reads.length &&
    reads.every(({ field }) => field !== null && (fields.includes(field) || field === "id"))
  );
}
