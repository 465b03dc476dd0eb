import type { Facts, FunctionFacts, ModuleFacts } from "../../../model/facts.js";
import type { Branch, Clause } from "../../../model/expression.js";
import { outlineOfClause, type OutlinedCall } from "../../../model/outline.js";
import type { FunctionId, Project } from "../../../model/project.js";
import { contains, type Span } from "../../../model/span.js";
import { collect } from "../../../model/walk.js";
import { defineRule, type Match } from "../../define.js";
import { isProduction } from "../../shared/production.js";
import { spoken } from "../../shared/written.js";

type Slots = { changing: string; deleting: string; call: string };

export const cacheKeptAfterDelete = defineRule<Slots>({
  id: "cache-kept-after-delete",
  title: "Deleting keeps what changing clears",
  trigger: "resource_leak",
  area: "caching",
  severity: "medium",
  cwe: ["CWE-459", "CWE-772"],
  silencedBy: {},
  match: (facts: Facts, project) =>
    isProduction(facts.path)
      ? facts.modules.flatMap((module) => [...betweenFunctions(module, project), ...betweenEvents(module, facts, project)])
      : [],
  what: ({ changing, deleting, call }) => `${changing} clears with \`${call}\` what is kept of the record, ${deleting} does not.`,
  why: ({ call }) =>
    `What \`${call}\` drops (a cached row, an open connection, a pool) outlives the record: it is served or held although the record is gone, until it expires or the node stops.`,
  instead: ({ call, deleting }) => `Call \`${call}\` in ${deleting} as well, after the record is deleted.`,
  notWhen: [
    "Deleting clears something too, itself or in a function it calls.",
    "What is cleared is something else worked out from the record, by its name: then it is `possible`.",
    "There is no counterpart that changes the same thing in the same module or the same `case`.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Prices do
  alias Shop.{Cache, Repo}

  def update_price(price, attributes) do
    with {:ok, price} <- Repo.update(Ecto.Changeset.change(price, attributes)) do
      Cache.invalidate(price.id)
      {:ok, price}
    end
  end

  def delete_price(price) do
    Repo.delete(price)
  end
end
`,
      at: "delete_price",
      good: `defmodule Shop.Prices do
  alias Shop.{Cache, Repo}

  def update_price(price, attributes) do
    with {:ok, price} <- Repo.update(Ecto.Changeset.change(price, attributes)) do
      Cache.invalidate(price.id)
      {:ok, price}
    end
  end

  def delete_price(price) do
    with {:ok, price} <- Repo.delete(price) do
      Cache.invalidate(price.id)
      {:ok, price}
    end
  end
end
`,
    },
    {
      bad: `defmodule Shop.Events do
  def handle(event, id) do
    case event do
      "update" ->
        Shop.Connections.invalidate(id)
        Shop.Runtime.restart(id)

      "delete" ->
        Shop.Runtime.stop(id)
    end
  end
end
`,
      at: "Shop.Runtime.stop(id)",
      good: `defmodule Shop.Events do
  def handle(event, id) do
    case event do
      "update" ->
        Shop.Connections.invalidate(id)
        Shop.Runtime.restart(id)

      "delete" ->
        Shop.Connections.invalidate(id)
        Shop.Runtime.stop(id)
    end
  end
end
`,
    },
  ],
});

const clearing = /^(invalidate|evict|purge|expire|bust|uncache)(_|!?$)|^(clear|delete|flush|drop|reset|remove|empty)_(\w+_)?cached?$/;
const stores = /^(Cachex|ConCache|Nebulex\b.*)$/;
const furthest = 3;

function clears({ module, function: name }: Pick<OutlinedCall, "module" | "function">): boolean {
  if (stores.test(module ?? "")) return /^(del|delete|clear|invalidate)/.test(name);
  return clearing.test(name);
}

/** The clearing call a function makes itself. */
function clearingIn({ clauses }: FunctionFacts): OutlinedCall | undefined {
  return clauses.flatMap((clause) => outlineOfClause(clause).calls).find(clears);
}

/** Whether a function of the project, or one it leads to, clears anything. */
function leadsToClearing(id: FunctionId, project: Project, depth = 0): boolean {
  const entry = project.functions.get(id);
  if (entry !== undefined && (clearingIn(entry.facts) !== undefined || clears({ module: entry.module, function: entry.facts.name })))
    return true;
  return depth < furthest && (project.calls.get(id) ?? []).some(({ callee }) => leadsToClearing(callee, project, depth + 1));
}

/** `update_price` clears, `delete_price` of the same module does not. */
function betweenFunctions(module: ModuleFacts, project: Project): Match<Slots>[] {
  return module.functions.flatMap((changing) => {
    if (!/^update_/.test(changing.name)) return [];
    const call = clearingIn(changing);
    if (call === undefined) return [];
    const names = ["delete", "remove", "destroy"].map((verb) => changing.name.replace(/^update/, verb));
    const deleting = module.functions.find(({ name }) => names.includes(name));
    if (deleting === undefined || leadsToClearing(idOf(module, deleting), project)) return [];
    const slots = {
      changing: `\`${spoken(idOf(module, changing))}\``,
      deleting: `\`${spoken(idOf(module, deleting))}\``,
      call: named(call),
    };
    const confidence = isAbout(call, changing.name.replace(/^update_/, "")) ? "likely" : "possible";
    return [{ span: deleting.nameSpan, confidence, slots, evidence: [] }];
  });
}

/** The record itself is cleared (`Cache.invalidate`, `invalidate_price`), not something worked out from it. */
function isAbout({ module, function: name }: OutlinedCall, thing: string): boolean {
  return name.includes(thing) || (module !== null && /^(invalidate!?|evict!?|purge|expire|bust|del!?|delete!?)$/.test(name));
}

function idOf({ name }: ModuleFacts, { name: called, arity }: FunctionFacts): FunctionId {
  return `${name}.${called}/${String(arity)}`;
}

function named({ module, function: name }: OutlinedCall): string {
  return spoken(module === null ? name : `${module}.${name}`);
}

/** `case event do "update" -> … "delete" -> … end`. */
function betweenEvents(module: ModuleFacts, facts: Facts, project: Project): Match<Slots>[] {
  return module.functions.flatMap((entry) =>
    entry.clauses.flatMap((clause) => {
      const { calls } = outlineOfClause(clause);
      if (!calls.some(clears) || clause.body === null) return [];
      return collect(clause.body, "branch").flatMap((branch) => eventsOf(branch, calls, idOf(module, entry), facts, project));
    }),
  );
}

function eventsOf(branch: Branch, calls: readonly OutlinedCall[], id: FunctionId, facts: Facts, project: Project): Match<Slots>[] {
  if (branch.form !== "case") return [];
  const changing = branch.clauses.find((clause) => isEvent(clause, /^updated?$/));
  const deleting = branch.clauses.find((clause) => isEvent(clause, /^(deleted?|removed?|destroy(ed)?)$/));
  if (changing === undefined || deleting === undefined) return [];
  const within = (span: Span): OutlinedCall[] => calls.filter((call) => contains(span, call.span));
  const call = within(changing.body.span).find(clears);
  const sites = (project.calls.get(id) ?? []).filter(({ span }) => contains(deleting.body.span, span));
  if (call === undefined || within(deleting.body.span).some(clears) || sites.some(({ callee }) => leadsToClearing(callee, project)))
    return [];
  const slots = { changing: `The update in \`${spoken(id)}\``, deleting: "its deletion", call: named(call) };
  return [
    {
      span: deleting.body.span,
      confidence: "likely",
      slots,
      evidence: [{ at: { path: facts.path, span: call.span }, note: "cleared here" }],
    },
  ];
}

function isEvent({ patterns: [pattern] }: Clause, name: RegExp): boolean {
  return pattern?.kind === "literal" && (pattern.type === "string" || pattern.type === "atom") && name.test(pattern.value);
}
