import type { Call } from "../../../model/expression.js";
import type { Project } from "../../../model/project.js";
import { contains } from "../../../model/span.js";
import { collect } from "../../../model/walk.js";
import { effectsOf } from "../../../project/effects-of.js";
import { findFunction } from "../../../project/find-function.js";
import { defineRule, type Match } from "../../define.js";
import type { Callee } from "../../shared/definition-index.js";
import type { Definition } from "../../shared/definitions.js";
import { definitionsCalling, selectedIn } from "../../shared/selections.js";
import { writesWithin } from "../../shared/stored-rows.js";
import { spoken } from "../../shared/written.js";

type Slots = { clear: string; write: string; inside: string };

const callers = definitionsCalling(namesClearing);

export const cacheClearedBeforeWrite = defineRule<Slots>({
  id: "cache-cleared-before-write",
  title: "A cache is cleared before the change it should show is written",
  trigger: "critical_pattern",
  area: "caching",
  severity: "medium",
  cwe: ["CWE-362"],
  silencedBy: {},
  where: callers,
  match(facts, project) {
    return selectedIn(callers, facts, project).flatMap((definition) => matchesIn(definition, project));
  },
  what: ({ clear, write, inside }) => `\`${inside}\` clears the cache with \`${clear}\` and only then writes with \`${write}\`.`,
  why: ({ write }) =>
    `A read between the two loads the old row into the cache again, and nothing clears it after \`${write}\`: the old value is served until it expires.`,
  instead: ({ clear, write }) => `Call \`${clear}\` after \`${write}\` has succeeded (after the commit, where it runs in a transaction).`,
  notWhen: [
    "The cache is cleared again after the write.",
    "The function that clears also writes to the database: then the cache may be a table.",
    "The write is an insert: a row that is new is not in the cache.",
    "The code is a test, a seed, a migration, a mix task or a release task.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Prices do
  alias Shop.Repo

  def change(price, attrs) do
    Cachex.del(:price_cache, price.id)
    price |> Ecto.Changeset.change(attrs) |> Repo.update()
  end
end
`,
      at: "Cachex.del(:price_cache, price.id)",
      good: `defmodule Shop.Prices do
  alias Shop.Repo

  def change(price, attrs) do
    with {:ok, price} <- price |> Ecto.Changeset.change(attrs) |> Repo.update() do
      Cachex.del(:price_cache, price.id)
      {:ok, price}
    end
  end
end
`,
    },
  ],
});

const clearing = /^(del|delete|clear|invalidate|purge|evict|bust|flush|expire)(_|!?$)/;

function matchesIn(definition: Definition, project: Project): Match<Slots>[] {
  if (project.effects.get(definition.id)?.has("write") !== true) return [];
  const { id, body, function: entry } = definition;
  const clears = collect(body, "call").filter((call) => clearsCache(call, entry.module, project));
  const [first] = clears;
  const last = clears.at(-1);
  if (first === undefined || last === undefined) return [];
  const writes = writesWithin(project, id, body.span, body, entry.module).filter(({ use }) => /^(update|delete)/.test(use.name));
  const after = writes.find(({ site }) => site.span.start > last.segment.end && !contains(site.span, last.span));
  if (
    after === undefined ||
    writes.some(({ site }) => site.span.start < first.segment.start) ||
    divides(definition, first, after.site.span)
  )
    return [];
  return [
    {
      span: first.segment,
      confidence: "likely",
      slots: {
        clear: spoken(`${first.module === null ? "" : `${first.module}.`}${first.function}/${first.arguments.length}`),
        write: spoken(after.site.call),
        inside: spoken(id),
      },
      evidence: [{ at: after.site, note: `${spoken(after.site.call)} writes afterwards` }],
    },
  ];
}

function namesClearing(call: Callee): boolean {
  return clearing.test(call.function) && /cache/i.test(`${call.module ?? ""}.${call.function}`);
}

function clearsCache(call: Call, module: string, project: Project): boolean {
  if (!namesClearing(call) || call.subject !== null) return false;
  const target = findFunction(project, call.module ?? module, call.function, call.arguments.length);
  return target === null || !effectsOf(project, target.id).has("write");
}

/** They stand in different arms of one branch. */
function divides({ body }: Definition, clear: Call, write: Call["span"]): boolean {
  return collect(body, "branch").some(({ clauses }) => {
    const arm = clauses.find((clause) => contains(clause.span, clear.span));
    return arm !== undefined && !contains(arm.span, write);
  });
}
