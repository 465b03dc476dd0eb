import type { Expression } from "../../../model/expression.js";
import type { Facts, ModuleFacts } from "../../../model/facts.js";
import type { Location, Project } from "../../../model/project.js";
import type { Span } from "../../../model/span.js";
import { collect } from "../../../model/walk.js";
import { atomOf, moduleNameOf, optionOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import { servingDefinitionsCalling, type Callee } from "../../shared/calling.js";
import { perProject } from "../../shared/per-project.js";
import { isProduction } from "../../shared/production.js";
import { spoken } from "../../shared/written.js";

type Slots = { server: string; reason: string };

export const restartedAfterNormalEnd = defineRule<Slots>({
  id: "restarted-after-normal-end",
  title: "A process that ends when it is done is started again each time",
  trigger: "critical_pattern",
  area: "processes",
  severity: "high",
  cwe: ["CWE-691"],
  silencedBy: {},
  match: (facts, project) => (isProduction(facts.path) ? facts.modules.flatMap((module) => matchOf(module, facts, project)) : []),
  what: ({ server, reason }) =>
    `\`${server}\` stops with \`${reason}\` when it is done, is started under a DynamicSupervisor, and its \`restart:\` is \`:permanent\`, the default.`,
  why: () =>
    "The supervisor starts it again however it ended: it does its work twice, or ends at once, and after three ends within five seconds the supervisor gives up and takes all its other children down.",
  instead: ({ server }) =>
    `Write \`use GenServer, restart: :transient\` in \`${server}\` (started again after a crash only), or \`:temporary\` where nobody needs it back.`,
  notWhen: [
    "`restart:` is given, in `use` or where the child is started, or the module has a `child_spec` of its own.",
    "The supervisor is not a DynamicSupervisor: a fixed child that stops may mean to start afresh.",
    "Only `init/1` stops it.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Checkout do
  use GenServer

  def start_link(cart), do: GenServer.start_link(__MODULE__, cart)
  def init(cart), do: {:ok, cart}

  def handle_cast(:paid, cart), do: {:stop, :normal, cart}
end

defmodule Shop.Checkouts do
  def open(cart), do: DynamicSupervisor.start_child(Shop.CheckoutSupervisor, {Shop.Checkout, cart})
end
`,
      at: "{:stop, :normal, cart}",
      good: `defmodule Shop.Checkout do
  use GenServer, restart: :transient

  def start_link(cart), do: GenServer.start_link(__MODULE__, cart)
  def init(cart), do: {:ok, cart}

  def handle_cast(:paid, cart), do: {:stop, :normal, cart}
end

defmodule Shop.Checkouts do
  def open(cart), do: DynamicSupervisor.start_child(Shop.CheckoutSupervisor, {Shop.Checkout, cart})
end
`,
    },
  ],
});

function matchOf(module: ModuleFacts, facts: Facts, project: Project): Match<Slots>[] {
  const use = module.uses.find(({ module: used }) => used === "GenServer");
  if (use === undefined || optionOf(use.options, "restart") !== null) return [];
  const started = childrenOfDynamic(project).get(module.name);
  if (started === undefined || module.functions.some(({ name }) => name === "child_spec")) return [];
  const end = normalEnd(module);
  if (end === null) return [];
  const evidence = [
    { at: started, note: "it is started here, without a `restart:`" },
    { at: { path: facts.path, span: use.span }, note: "the child specification that `use` makes is permanent" },
  ];
  return [{ span: end.span, confidence: "likely", slots: { server: spoken(module.name), reason: end.reason }, evidence }];
}

/** `{:stop, :normal, state}` or `{:stop, {:shutdown, …}, state}` of a callback. */
function normalEnd({ functions }: ModuleFacts): { readonly span: Span; readonly reason: string } | null {
  for (const { name, clauses } of functions) {
    if (!/^handle_/.test(name)) continue;
    for (const { body } of clauses) {
      for (const { elements, span } of body === null ? [] : collect(body, "tuple")) {
        const reason = atomOf(elements[0]) === "stop" && elements.length >= 3 ? reasonOf(elements[1]) : null;
        if (reason !== null) return { span, reason };
      }
    }
  }
  return null;
}

function reasonOf(reason: Expression | undefined): string | null {
  const atom = atomOf(reason?.kind === "tuple" ? reason.elements[0] : reason);
  return atom === "normal" ? ":normal" : atom === "shutdown" ? ":shutdown" : null;
}

function startsChild({ module, function: name }: Callee): boolean {
  return name === "start_child" && module !== null && /(^|\.)DynamicSupervisor$/.test(module);
}

/** Modules that are started as they are under a DynamicSupervisor, and where. */
const childrenOfDynamic = perProject((project): ReadonlyMap<string, Location> => {
  const found = new Map<string, Location>();
  for (const facts of project.files.values()) {
    for (const { body, function: entry } of servingDefinitionsCalling(facts, project, startsChild)) {
      for (const call of collect(body, "call").filter(startsChild)) {
        const child = call.arguments[1];
        const module = moduleNameOf(child?.kind === "tuple" ? child.elements[0] : child);
        if (module !== null && !found.has(module)) found.set(module, { path: entry.path, span: call.segment });
      }
    }
  }
  return found;
});
