import { defineRule, type Match } from "../../define.js";
import type { Pattern } from "../../shared/likeness/doing.js";
import { homeFor } from "../../shared/likeness/home.js";
import { repeatedStatements, weightOf, type Repeated } from "../../shared/likeness/repeated-statements.js";
import { perProject } from "../../shared/per-project.js";
import { spoken } from "../../shared/written.js";

type Slots = { pattern: string; places: number; modules: number; home: string };

const names: Readonly<Record<Pattern, string>> = {
  error_handling: "error handling",
  validation: "validation",
  authorization: "permission check",
  queries: "query",
  transformations: "conversion",
  api_responses: "answer",
  telemetry: "telemetry event",
  none: "step",
};

export const patternRepeated = defineRule<Slots>({
  id: "pattern-repeated",
  title: "The same step is spelled out in many modules",
  trigger: "critical_pattern",
  area: "duplication",
  severity: "low",
  cwe: [],
  silencedBy: { credo: ["Credo.Check.Design.DuplicatedCode"] },
  match: (facts, project) => matchesByPath(project).get(facts.path) ?? [],
  what: ({ pattern, places, modules }) => `This ${pattern} is spelled out word for word at ${places} places in ${modules} modules.`,
  why: ({ places, pattern }) =>
    `A change to the ${pattern} has to be made ${places} times, and the place that is forgotten goes on as before.`,
  instead: ({ home }) => `Give it a name: make it a function of ${home}, and call that at each of the places.`,
  notWhen: [
    "It stands at fewer than four places or in fewer than three modules, or texts or numbers in it differ.",
    "It is short: fewer than ten expressions, or a single call.",
    "It is none of what belongs into one place: error handling, validation, permission, query, conversion, answer, telemetry.",
    "The functions around it are copies as a whole, of which `function-copied` tells.",
    "It stands in tests, scripts, migrations, generated files, or under different `mix.exs`.",
    "All places together are not long (then it is `possible`).",
  ],
  examples: [
    {
      bad: `defmodule ShopWeb.OrderController do
  def create(conn, changeset, log) do
    log.info("order", [])
    conn |> assign(:changeset, changeset) |> put_status(:unprocessable_entity) |> put_view(ShopWeb.ErrorView) |> render("errors.json", kind: :invalid, retry: false)
  end
end

defmodule ShopWeb.CartController do
  def update(conn, changes), do: change(conn, changes)

  def change(conn, cart) do
    if cart.valid?, do: send_resp(conn, 204, ""), else: failed(conn, cart, cart.id)
  end

  defp failed(conn, cart, id) do
    Shop.Metrics.count(id)
    conn |> assign(:changeset, cart) |> put_status(:unprocessable_entity) |> put_view(ShopWeb.ErrorView) |> render("errors.json", kind: :invalid, retry: false)
  end
end

defmodule ShopWeb.UserController do
  def create(conn, %{"user" => user}) do
    case Shop.Accounts.register(user) do
      {:ok, user} -> json(conn, user)
      {:error, failed} -> conn |> assign(:changeset, failed) |> put_status(:unprocessable_entity) |> put_view(ShopWeb.ErrorView) |> render("errors.json", kind: :invalid, retry: false)
    end
  end

  def update(conn, %{"user" => user}) do
    case Shop.Accounts.change(conn.assigns.current_user, user) do
      {:ok, user} -> json(conn, user)
      {:error, failed} -> conn |> assign(:changeset, failed) |> put_status(:unprocessable_entity) |> put_view(ShopWeb.ErrorView) |> render("errors.json", kind: :invalid, retry: false)
    end
  end
end
`,
      at: `conn |> assign(:changeset, changeset) |> put_status(:unprocessable_entity) |> put_view(ShopWeb.ErrorView) |> render("errors.json", kind: :invalid, retry: false)`,
      good: `defmodule ShopWeb.OrderController do
  def create(conn, changeset, log) do
    log.info("order", [])
    conn |> assign(:changeset, changeset) |> put_status(:unprocessable_entity) |> put_view(ShopWeb.ErrorView) |> render("errors.json", kind: :invalid, retry: false)
  end
end

defmodule ShopWeb.CartController do
  def update(conn, changes), do: change(conn, changes)

  def change(conn, cart) do
    if cart.valid?, do: send_resp(conn, 204, ""), else: failed(conn, cart, cart.id)
  end

  defp failed(conn, cart, id) do
    Shop.Metrics.count(id)
    conn |> assign(:changeset, cart) |> put_status(:unprocessable_entity) |> put_view(ShopWeb.ErrorView) |> render("errors.json", kind: :cart, retry: false)
  end
end

defmodule ShopWeb.UserController do
  def create(conn, %{"user" => user}) do
    case Shop.Accounts.register(user) do
      {:ok, user} -> json(conn, user)
      {:error, failed} -> conn |> assign(:changeset, failed) |> put_status(:unprocessable_entity) |> put_view(ShopWeb.ErrorView) |> render("errors.json", kind: :invalid, retry: false)
    end
  end

  def update(conn, %{"user" => user}) do
    case Shop.Accounts.change(conn.assigns.current_user, user) do
      {:ok, user} -> json(conn, user)
      {:error, failed} -> conn |> assign(:changeset, failed) |> put_status(:unprocessable_entity) |> put_view(ShopWeb.ErrorView) |> render("errors.json", kind: :invalid, retry: false)
    end
  end
end
`,
    },
  ],
});

/** Fewer expressions saved are worth a look, no more. */
const worthwhile = 36;
const mostClues = 12;

const matchesByPath = perProject((project) => {
  const byPath = new Map<string, Match<Slots>[]>();
  for (const repeated of repeatedStatements(project)) {
    const path = repeated.places[0]?.inside.entry.path ?? "";
    byPath.set(path, [...(byPath.get(path) ?? []), ...matchOf(repeated)]);
  }
  return byPath;
});

function matchOf(repeated: Repeated): Match<Slots>[] {
  const { places, pattern } = repeated;
  const [first, ...others] = places;
  if (first === undefined) return [];
  const modules = [...new Set(places.map(({ inside }) => inside.module.name))];
  return [
    {
      span: first.span,
      confidence: weightOf(repeated) >= worthwhile ? "likely" : "possible",
      slots: { pattern: names[pattern], places: places.length, modules: modules.length, home: homeFor(modules, pattern) },
      evidence: others.slice(0, mostClues).map(({ inside, span }) => ({
        at: { path: inside.entry.path, span },
        note: `${spoken(inside.entry.id)} spells it out too`,
      })),
    },
  ];
}
