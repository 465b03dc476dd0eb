import type { Effect, Project, ProjectFunction, ProjectModule } from "../../../model/project.js";
import { ranInTests } from "../../../project/coverage-of.js";
import { effectsOf } from "../../../project/effects-of.js";
import { defineRule, type Match } from "../../define.js";
import { namedInTests } from "../../shared/named-in-tests.js";
import { isProduction } from "../../shared/production.js";
import { reachedByTests } from "../../shared/reached-by-tests.js";
import { requestPath } from "../../shared/requests.js";
import { workerMentions } from "../../shared/worker-mentions.js";
import { spoken } from "../../shared/written.js";

type Slots = { functions: readonly string[]; more: number; does: readonly string[]; module: string; measured: "yes" | "no" | "worker" };

export const riskyFunctionUntested = defineRule<Slots>({
  id: "risky-function-untested",
  title: "Code that writes, pays, permits or enqueues runs in no test",
  trigger: "no_tests",
  area: "tests",
  severity: "medium",
  cwe: [],
  silencedBy: {},
  match(facts, project) {
    if (!isProduction(facts.path)) return [];
    return facts.modules.flatMap((module) => {
      const known = project.modules.get(module.name);
      return known === undefined || known.path !== facts.path ? [] : matchOf(known, project);
    });
  },
  what: ({ functions, more, does, measured, module }) => {
    if (measured === "worker")
      return `No test runs the worker \`${module}\`, names it or leads to where it is enqueued; it ${does.join(" and ")}.`;
    const named = functions.map((name) => `\`${name}\``).join(", ");
    return measured === "yes"
      ? `No line of ${named}${more === 0 ? "" : ` and ${more} more`} ran while the tests ran; this code ${does.join(" and ")}.`
      : `No test leads to ${named}${more === 0 ? "" : ` and ${more} more`}, though tests call other functions of the module; this code ${does.join(" and ")}.`;
  },
  why: ({ module, measured }) =>
    measured === "worker"
      ? "It runs where nobody waits for it: what breaks in it is noticed by what is missing afterwards, while other workers here are tested."
      : `A change that breaks it is first noticed where it is used: \`${module}\` looks tested, and this part of it is not.`,
  instead: ({ functions }) =>
    `Write a success and a failure case for \`${functions[0] ?? ""}\` first: what is stored or sent, and what is given back when it is refused.`,
  notWhen: [
    "The function neither writes rows, sends mail, calls other services, enqueues or runs commands itself, nor decides who may do something.",
    "No function of the module is reached: then `module-without-tests` tells of it.",
    "Any of its lines ran, where a coverage export is given (`--coverage`).",
    "No export is given: a test may reach it by a path or a name that no call shows (then it is `possible`).",
    "It is a worker that a test names, or whose enqueuing a test leads to, or no other worker of the project is tested.",
    "It is a callback, or is passed on to another function (`defdelegate`).",
  ],
  examples: [
    {
      bad: workers("Shop.Receipts.perform(%{args: %{}})\n    Shop.Orders.cancel(%{})"),
      at: "Shop.Refunds",
      good: workers("Shop.Receipts.perform(%{args: %{}})\n    Shop.Orders.cancel(%{})\n    assert_enqueued worker: Shop.Refunds"),
    },
  ],
});

function workers(test: string): Record<string, string> {
  const worker = (name: string): string => `defmodule Shop.${name} do
  use Oban.Worker, queue: :default

  @impl true
  def perform(%{args: args}), do: Shop.Repo.insert(struct(Shop.${name}.Row, args))
end
`;
  return {
    "lib/shop/receipts.ex": worker("Receipts"),
    "lib/shop/refunds.ex": worker("Refunds"),
    "lib/shop/orders.ex": "defmodule Shop.Orders do\n  def cancel(order), do: order\nend\n",
    "test/shop/workers_test.exs": `defmodule Shop.WorkersTest do
  use ExUnit.Case

  test "works" do
    ${test}
  end
end
`,
  };
}

const risks: Readonly<Partial<Record<Effect, string>>> = {
  write: "writes rows",
  http: "calls another service",
  mail: "sends mail",
  enqueue: "enqueues a job",
  command: "runs a command",
};
const permitting = /^(authorize!?|authorized\?|can_\w+\?|can\?|permitted\?|allowed\?|may_\w+\?|has_(permission|role|access)\w*\??)$/;
const given = /^(init|start_link|child_spec|terminate|code_change|start|stop|handle_(call|cast|info|continue)|changeset)$/;
const shown = 3;

function matchOf(module: ProjectModule, project: Project): Match<Slots>[] {
  if (module.role === "worker" && !project.coverage?.has(module.path)) return workerMatch(module, project);
  if (module.facts.kind !== "module" || ["migration", "mix_task", "test", "test_support"].includes(module.role)) return [];
  const functions = functionsOf(module, project);
  const untested = functions.filter((entry) => risksOf(entry, project).length > 0 && ran(entry, project) === false);
  const [first, ...others] = untested;
  if (first === undefined || !functions.some((entry) => ran(entry, project) === true)) return [];
  const measured = project.coverage?.has(module.path) ?? false;
  return [
    {
      span: first.facts.nameSpan,
      confidence: measured ? "likely" : "possible",
      severity: measured && untested.some((entry) => risksOf(entry, project).includes(risks.write ?? "")) ? "medium" : "low",
      slots: {
        functions: untested.slice(0, shown).map(({ facts }) => `${facts.name}/${facts.arity}`),
        more: Math.max(untested.length - shown, 0),
        does: [...new Set(untested.flatMap((entry) => risksOf(entry, project)))].slice(0, shown),
        module: module.name,
        measured: measured ? "yes" : "no",
      },
      evidence: others.slice(0, 8).map((entry) => ({
        at: { path: entry.path, span: entry.facts.nameSpan },
        note: `${spoken(entry.id)} is not tested either`,
      })),
    },
  ];
}

/** A worker that no test can have run, where others are tested. */
function workerMatch(module: ProjectModule, project: Project): Match<Slots>[] {
  const perform = project.functions.get(`${module.name}.perform/1`);
  const does = perform === undefined ? [] : [...effectsOf(project, perform.id).keys()].flatMap((effect) => risks[effect] ?? []);
  const isTested = (worker: string): boolean =>
    namedInTests(project).has(worker) || (workerMentions(project).get(worker) ?? []).some((id) => reachedByTests(project).has(id));
  if (perform === undefined || does.length === 0 || isTested(module.name) || reachedByTests(project).has(perform.id)) return [];
  const sibling = [...workerMentions(project).keys()].find((worker) => worker !== module.name && isTested(worker));
  const tested = sibling === undefined ? undefined : project.modules.get(sibling);
  if (tested === undefined || isReachedFromOutside(module, project)) return [];
  return [
    {
      span: module.facts.nameSpan,
      confidence: "likely",
      severity: "low",
      slots: { functions: ["perform/1"], more: 0, does: [...new Set(does)].slice(0, shown), module: module.name, measured: "worker" },
      evidence: [{ at: { path: tested.path, span: tested.facts.nameSpan }, note: `${tested.name} is tested`, comparison: true }],
    },
  ];
}

/** What enqueues it answers requests or events, which tests send by a path that no call shows. */
function isReachedFromOutside({ name }: ProjectModule, project: Project): boolean {
  return (workerMentions(project).get(name) ?? []).some((id) => requestPath(project, id) !== null);
}

function functionsOf(module: ProjectModule, project: Project): ProjectFunction[] {
  return module.facts.functions.flatMap((facts) => {
    const entry = project.functions.get(`${module.name}.${facts.name}/${facts.arity}`);
    const own = facts.kind === "function" && facts.delegatesTo === null && !facts.name.startsWith("__") && !given.test(facts.name);
    return entry !== undefined && own && entry.path === module.path ? [entry] : [];
  });
}

/** What it does by itself, and whether it decides about permission. */
function risksOf(entry: ProjectFunction, project: Project): string[] {
  const effects = (project.directEffects.get(entry.id) ?? []).flatMap(({ effect }) => risks[effect] ?? []);
  return [...new Set(permitting.test(entry.facts.name) ? [...effects, "decides who may do something"] : effects)];
}

/** Whether a test runs it: by the export where it counts the file, else by the calls that tests lead to. */
function ran(entry: ProjectFunction, project: Project): boolean | null {
  if (project.coverage?.has(entry.path)) return ranInTests(project, { path: entry.path, span: entry.facts.span });
  if (entry.facts.visibility === "private" || entry.facts.implements) return null;
  return reachedByTests(project).has(entry.id);
}
