import type { Effect, Project, ProjectFunction, ProjectModule } from "../../../model/project.js";
import { ranInTests } from "../../../project/coverage-of.js";
import { effectsOf } from "../../../project/effects-of.js";
import { defineRule, type Match } from "../../define.js";
import { namedInTests } from "../../shared/named-in-tests.js";
import { perProject } from "../../shared/per-project.js";
import { isProduction } from "../../shared/production.js";
import { reachedByTests } from "../../shared/reached-by-tests.js";
import { spoken } from "../../shared/written.js";

type Slots = {
  module: string;
  functions: readonly string[];
  untested: number;
  effects: readonly string[];
  sibling: string;
  testPath: string;
};

/** What makes a function worth a test of its own before all others. */
const consequences: Readonly<Partial<Record<Effect, string>>> = {
  write: "writes rows",
  http: "calls other services",
  mail: "sends mail",
  enqueue: "enqueues jobs",
  command: "runs commands",
};
const fewest = 2;

/** The files with a function that has such a consequence. */
const changingFiles = perProject((project): ReadonlySet<string> => {
  const paths = new Set<string>();
  for (const [id, effects] of project.effects) {
    const changes = [...effects.keys()].some((effect) => consequences[effect] !== undefined);
    const module = changes ? project.modules.get(project.functions.get(id)?.module ?? "") : undefined;
    if (module !== undefined) paths.add(module.path);
  }
  return paths;
});

export const moduleWithoutTests = defineRule<Slots>({
  id: "module-without-tests",
  title: "No test reaches a module that changes something",
  trigger: "no_tests",
  area: "tests",
  severity: "medium",
  cwe: [],
  silencedBy: {},
  fix: "write-tests",
  where: changingFiles,
  match(facts, project) {
    if (!isProduction(facts.path)) return [];
    return facts.modules.flatMap((module) => {
      const known = project.modules.get(module.name);
      return known === undefined || known.path !== facts.path ? [] : matchOf(known, project);
    });
  },
  what: ({ module, functions, untested }) =>
    `No test calls any of the ${untested} public functions of \`${module}\` (${functions.map((name) => `\`${name}\``).join(", ")}${untested > functions.length ? ", …" : ""}), directly or through other code.`,
  why: ({ module, effects, sibling }) =>
    `\`${module}\` ${effects.join(" and ")}: a change that breaks it is first noticed in production, while its neighbour \`${sibling}\` is covered.`,
  instead: ({ functions, testPath }) =>
    `Add \`${testPath}\` with a success and a failure case for \`${functions[0] ?? ""}\` first, then for the others.`,
  notWhen: [
    "A test calls one of its functions, directly or through other functions of the project.",
    "A coverage export is given (`--coverage`) and any of them ran in it.",
    "A controller, LiveView, worker or other module that has a test of its own leads to it.",
    "The module changes nothing: it writes no rows, sends, enqueues or runs nothing.",
    "No module beside it has tests, so there is no habit to compare with.",
    "No production code calls it by name, or it belongs to the web layer: a test may reach it by a path (then it is `possible`).",
    "It has only callbacks, macros or a single public function.",
  ],
  examples: [
    {
      bad: {
        "lib/shop/orders.ex": `defmodule Shop.Orders do
  def create(attrs), do: Shop.Repo.insert!(Shop.Order.changeset(attrs))
  def cancel(order), do: Shop.Repo.delete!(order)
end
`,
        "lib/shop/carts.ex": `defmodule Shop.Carts do
  def create(attrs), do: Shop.Repo.insert!(Shop.Cart.changeset(attrs))
  def clear(cart), do: Shop.Repo.delete!(cart)
end
`,
        "lib/shop/checkout.ex": `defmodule Shop.Checkout do
  def run(cart), do: Shop.Orders.create(cart)
end
`,
        "test/shop/carts_test.exs": `defmodule Shop.CartsTest do
  use ExUnit.Case

  test "clears" do
    cart = Shop.Carts.create(%{})
    assert Shop.Carts.clear(cart)
  end
end
`,
      },
      at: "Shop.Orders",
      good: {
        "lib/shop/orders.ex": `defmodule Shop.Orders do
  def create(attrs), do: Shop.Repo.insert!(Shop.Order.changeset(attrs))
  def cancel(order), do: Shop.Repo.delete!(order)
end
`,
        "lib/shop/carts.ex": `defmodule Shop.Carts do
  def create(attrs), do: Shop.Repo.insert!(Shop.Cart.changeset(attrs))
  def clear(cart), do: Shop.Repo.delete!(cart)
  def order(cart), do: Shop.Orders.create(cart)
end
`,
        "test/shop/carts_test.exs": `defmodule Shop.CartsTest do
  use ExUnit.Case

  test "orders" do
    cart = Shop.Carts.create(%{})
    assert Shop.Carts.order(cart)
  end
end
`,
      },
    },
  ],
});

function matchOf(module: ProjectModule, project: Project): Match<Slots>[] {
  if (!["other", "worker", "server", "mailer"].includes(module.role) || module.facts.kind !== "module") return [];
  const reached = reachedByTests(project);
  const functions = publicFunctions(module, project);
  if (functions.length < fewest || functions.some((entry) => reached.has(entry.id))) return [];
  const effects = effectsIn(functions, project);
  if (effects.length === 0 || isNamedInTests(module, project)) return [];
  if (
    project.coverage?.has(module.path) &&
    functions.some((entry) => ranInTests(project, { path: entry.path, span: entry.facts.span }) !== false)
  )
    return [];
  const sibling = testedSibling(module, project);
  if (sibling === null) return [];
  return [
    {
      span: module.facts.nameSpan,
      confidence: isReachedByName(functions, module, project) ? "possible" : "likely",
      severity: functions.some((entry) => effectsOf(project, entry.id).has("write")) ? "medium" : "low",
      slots: {
        module: module.name,
        functions: functions.slice(0, 3).map((entry) => `${entry.facts.name}/${entry.facts.arity}`),
        untested: functions.length,
        effects,
        sibling: sibling.name,
        testPath: module.path.replace(/(^|\/)lib\//, "$1test/").replace(/\.ex$/, "_test.exs"),
      },
      evidence: [
        {
          at: { path: sibling.path, span: sibling.facts.nameSpan },
          note: `${sibling.name} beside it is reached by tests`,
          comparison: true,
        },
        ...functions.slice(0, 3).map((entry) => ({
          at: { path: entry.path, span: entry.facts.nameSpan },
          note: `${spoken(entry.id)} is never called from a test`,
        })),
      ],
    },
  ];
}

/** Nothing calls it in so many words, or it answers requests: a test may reach it by a path or a name that no call shows. */
function isReachedByName(functions: readonly ProjectFunction[], module: ProjectModule, project: Project): boolean {
  if (/_web\/|\/web\//.test(module.path)) return true;
  return !functions.some((entry) => (project.callers.get(entry.id) ?? []).some((site) => isProduction(site.path)));
}

function publicFunctions(module: ProjectModule, project: Project): ProjectFunction[] {
  return module.facts.functions.flatMap((facts) => {
    const entry = project.functions.get(`${module.name}.${facts.name}/${facts.arity}`);
    const counts =
      facts.visibility === "public" &&
      facts.kind === "function" &&
      !facts.implements &&
      !facts.name.startsWith("__") &&
      !isCallback(facts.name);
    return entry !== undefined && counts && facts.delegatesTo === null ? [entry] : [];
  });
}

function isCallback(name: string): boolean {
  return /^(init|start_link|child_spec|handle_\w+|terminate|code_change|start|stop)$/.test(name);
}

function effectsIn(functions: readonly ProjectFunction[], project: Project): string[] {
  const found = new Set<string>();
  for (const entry of functions) for (const effect of effectsOf(project, entry.id).keys()) found.add(consequences[effect] ?? "");
  found.delete("");
  return [...found];
}

function isNamedInTests(module: ProjectModule, project: Project): boolean {
  return namedInTests(project).has(module.name);
}

/** A module of the same namespace, else of the same folder, that tests do reach. */
function testedSibling(module: ProjectModule, project: Project): ProjectModule | null {
  const reached = reachedByTests(project);
  const parent = module.name.slice(0, module.name.lastIndexOf("."));
  const folder = module.path.slice(0, module.path.lastIndexOf("/"));
  for (const other of project.modules.values()) {
    const isBeside =
      other.name.slice(0, other.name.lastIndexOf(".")) === parent || other.path.slice(0, other.path.lastIndexOf("/")) === folder;
    if (other.name === module.name || !isBeside || !isProduction(other.path) || other.role !== module.role) continue;
    if (publicFunctions(other, project).some((entry) => reached.has(entry.id))) return other;
  }
  return null;
}
