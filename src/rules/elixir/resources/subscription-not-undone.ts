import type { FunctionFacts, ModuleFacts } from "../../../model/facts.js";
import { outlineOfClause, type OutlinedCall } from "../../../model/outline.js";
import { defineRule, type Match } from "../../define.js";
import { isProduction } from "../../shared/production.js";
import { spoken } from "../../shared/written.js";

type Slots = { undoing: string; doing: string; call: string; needed: string; fault: "repeated" | "left" };

/** What takes something, and what gives it back, under every module that has both. */
const pairs: readonly (readonly [take: string, release: string])[] = [
  ["subscribe", "unsubscribe"],
  ["register", "unregister"],
  ["track", "untrack"],
  ["monitor", "demonitor"],
  ["attach", "detach"],
  ["attach_many", "detach"],
  ["join", "leave"],
  ["lock", "unlock"],
  ["link", "unlink"],
];

/** Functions that are written in two halves: `subscribe` and `unsubscribe`, `watch_order` and `unwatch_order`. */
const halves: Readonly<Record<string, string>> = {
  subscribe: "unsubscribe",
  register: "unregister",
  track: "untrack",
  monitor: "demonitor",
  attach: "detach",
  join: "leave",
  watch: "unwatch",
  lock: "unlock",
  listen: "unlisten",
};
const taken = /^(subscribe|register|track|monitor|attach|join|watch|lock|listen)/;

export const subscriptionNotUndone = defineRule<Slots>({
  id: "subscription-not-undone",
  title: "What one function takes, its counterpart does not give back",
  trigger: "resource_leak",
  area: "resources",
  severity: "medium",
  cwe: ["CWE-772", "CWE-459"],
  silencedBy: {},
  fix: "undo-subscription",
  match: (facts) => (isProduction(facts.path) ? facts.modules.flatMap((module) => matchesIn(module)) : []),
  what: ({ undoing, doing, call, needed, fault }) =>
    fault === "repeated"
      ? `\`${undoing}\` calls \`${call}\`, the same as \`${doing}\`, where \`${needed}\` is due.`
      : `\`${doing}\` calls \`${call}\`, and \`${undoing}\` undoes the rest without \`${needed}\`.`,
  why: ({ fault, call }) =>
    fault === "repeated"
      ? "Whoever leaves is entered once more: it goes on receiving every message, now twice, for as long as it lives."
      : `The entry that \`${call}\` made stays until the process ends, so the others count somebody who has left, and entering again makes a second one.`,
  instead: ({ needed, undoing, fault }) =>
    fault === "repeated"
      ? `Call \`${needed}\` in \`${undoing}\`.`
      : `Call \`${needed}\` in \`${undoing}\` too, with the same topic and key.`,
  notWhen: [
    "The counterpart calls the releasing function in any form, or a helper of its module that gives something back.",
    "Only one of the two functions exists.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Orders do
  def subscribe(id), do: Phoenix.PubSub.subscribe(Shop.PubSub, "orders:#{id}")
  def unsubscribe(id), do: Phoenix.PubSub.subscribe(Shop.PubSub, "orders:#{id}")
end
`,
      at: `Phoenix.PubSub.subscribe(Shop.PubSub, "orders:#{id}")`,
      good: `defmodule Shop.Orders do
  def subscribe(id), do: Phoenix.PubSub.subscribe(Shop.PubSub, "orders:#{id}")
  def unsubscribe(id), do: Phoenix.PubSub.unsubscribe(Shop.PubSub, "orders:#{id}")
end
`,
    },
    {
      bad: `defmodule Shop.Board do
  def subscribe(id) do
    :ok = Phoenix.PubSub.subscribe(Shop.PubSub, "board:#{id}")
    ShopWeb.Presence.track(self(), "board:#{id}", "viewers", %{})
  end

  def unsubscribe(id) do
    Phoenix.PubSub.unsubscribe(Shop.PubSub, "board:#{id}")
  end
end
`,
      at: `Phoenix.PubSub.unsubscribe(Shop.PubSub, "board:#{id}")`,
      good: `defmodule Shop.Board do
  def subscribe(id) do
    :ok = Phoenix.PubSub.subscribe(Shop.PubSub, "board:#{id}")
    ShopWeb.Presence.track(self(), "board:#{id}", "viewers", %{})
  end

  def unsubscribe(id) do
    ShopWeb.Presence.untrack(self(), "board:#{id}", "viewers")
    Phoenix.PubSub.unsubscribe(Shop.PubSub, "board:#{id}")
  end
end
`,
    },
  ],
});

function matchesIn(module: ModuleFacts): Match<Slots>[] {
  const halving = module.functions.flatMap((taking) => {
    const take = taken.exec(taking.name)?.[0];
    if (take === undefined) return [];
    const name = `${halves[take] ?? ""}${taking.name.slice(take.length)}`;
    const releasing = module.functions.find((candidate) => candidate.name === name);
    return releasing === undefined ? [] : [{ taking, releasing }];
  });
  const seen = new Set<FunctionFacts>();
  return halving.flatMap(({ taking, releasing }) => {
    const matches = seen.has(releasing) ? [] : matchOf(taking, releasing, module);
    if (matches.length > 0) seen.add(releasing);
    return matches;
  });
}

function matchOf(taking: FunctionFacts, undoing: FunctionFacts, module: ModuleFacts): Match<Slots>[] {
  const made = remoteCalls(taking);
  const released = remoteCalls(undoing);
  const helpers = allCalls(undoing).flatMap((call) =>
    call.module === null ? module.functions.filter(({ name }) => name === call.function) : [],
  );
  if (helpers.some(mayRelease)) return [];
  for (const call of made) {
    const needed = pairs.filter(([take]) => take === call.function).map(([, release]) => release);
    if (needed.length === 0 || released.some((other) => needed.includes(other.function) && other.module === call.module)) continue;
    const repeated = released.find((other) => other.module === call.module && other.function === call.function);
    const undone = released.find((other) => pairs.some(([, release]) => other.function === release));
    const at = repeated ?? undone;
    if (at === undefined || (repeated === undefined && !isEntry(call))) continue;
    const slots: Slots = {
      undoing: `${undoing.name}/${String(undoing.arity)}`,
      doing: `${taking.name}/${String(taking.arity)}`,
      call: spoken(`${call.module ?? ""}.${call.function}`),
      needed: spoken(`${call.module ?? ""}.${needed[0] ?? ""}`),
      fault: repeated === undefined ? "left" : "repeated",
    };
    return [{ span: at.span, confidence: "likely", severity: repeated === undefined ? "medium" : "high", slots, evidence: [] }];
  }
  return [];
}

/** Entries that stay beside the one that is given back. */
function isEntry({ module, function: name }: OutlinedCall): boolean {
  return name === "track" || (name === "register" && module === "Registry") || (name === "join" && module === ":pg");
}

/** A helper that gives something back, by its name or by one of its calls. */
function mayRelease(helper: FunctionFacts): boolean {
  const calls = allCalls(helper);
  return [helper, ...calls.map((call) => ({ name: call.function }))].some(({ name }) => releasing.test(name));
}

const releasing = new RegExp(
  `^(${[...new Set(pairs.map(([, release]) => release))].join("|")}|clean|drop|remove|delete|close|stop|terminate)`,
);

function allCalls({ clauses }: FunctionFacts): OutlinedCall[] {
  return clauses.flatMap((clause) => outlineOfClause(clause).calls);
}

function remoteCalls(facts: FunctionFacts): OutlinedCall[] {
  return allCalls(facts).filter(({ module }) => module !== null);
}
