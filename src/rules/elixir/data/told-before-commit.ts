import type { Project } from "../../../model/project.js";
import { contains } from "../../../model/span.js";
import { effectsWithin, traceEffect, type EffectSite, type EffectStep } from "../../../project/effects-of.js";
import { defineRule, type Match } from "../../define.js";
import type { Definition } from "../../shared/definitions.js";
import { definitionsWith, selectedIn } from "../../shared/selections.js";
import { transactionSpansIn } from "../../shared/transactions.js";
import { spoken } from "../../shared/written.js";

type Told = "broadcast" | "enqueue";
type Slots = { call: string; cause: string; told: Told; inside: string };

const telling = definitionsWith("broadcast", "enqueue");

export const toldBeforeCommit = defineRule<Slots>({
  id: "told-before-commit",
  title: "Others are told of a change before it is committed",
  trigger: "critical_pattern",
  area: "data",
  severity: "medium",
  cwe: ["CWE-367"],
  silencedBy: {},
  where: telling,
  match(facts, project) {
    return selectedIn(telling, facts, project).flatMap((definition) => matchesIn(definition, project));
  },
  what: ({ call, cause, told, inside }) => {
    const does = told === "broadcast" ? "broadcasts" : "enqueues a job outside the database";
    return `\`${call}\` ${does}${call === cause ? "" : ` (\`${cause}\`)`} inside the database transaction of \`${inside}\`.`;
  },
  why: ({ told }) =>
    `${told === "broadcast" ? "A subscriber that reads the database on the message" : "A worker that starts at once"} does not see the change yet, because it is not committed; when the transaction rolls back, ${told === "broadcast" ? "everybody has heard of something that never happened" : "the job runs for rows that do not exist"}.`,
  instead: ({ told }) =>
    told === "broadcast"
      ? "Broadcast after the transaction returned `{:ok, …}`."
      : "Enqueue after the transaction returned `{:ok, …}`, or use a queue that lives in the same database (Oban), whose insert is committed with the rest.",
  notWhen: [
    "The job is inserted into the same database (Oban): it is committed with the rest.",
    "The message is sent after the transaction, or in a function that is given the result of it.",
    "The transaction around it lies more than four calls away (then it is `possible`).",
    "The code is a test, a seed, a migration, a mix task or a release task.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Orders do
  alias Shop.Repo

  def pay(order) do
    Repo.transaction(fn ->
      order = order |> Ecto.Changeset.change(paid: true) |> Repo.update!()
      Phoenix.PubSub.broadcast(Shop.PubSub, "orders", {:paid, order.id})
      order
    end)
  end
end
`,
      at: `Phoenix.PubSub.broadcast(Shop.PubSub, "orders", {:paid, order.id})`,
      good: `defmodule Shop.Orders do
  alias Shop.Repo

  def pay(order) do
    with {:ok, order} <- Repo.transaction(fn -> order |> Ecto.Changeset.change(paid: true) |> Repo.update!() end) do
      Phoenix.PubSub.broadcast(Shop.PubSub, "orders", {:paid, order.id})
      {:ok, order}
    end
  end
end
`,
    },
  ],
});

const longestWay = 4;

function matchesIn(definition: Definition, project: Project): Match<Slots>[] {
  const effects = project.effects.get(definition.id);
  if (effects?.has("broadcast") !== true && effects?.has("enqueue") !== true) return [];
  const spans = transactionSpansIn(definition.body, definition.function.module, project);
  const sites = spans.flatMap((span) => effectsWithin(project, definition.id, span));
  const [first, ...others] = sites.flatMap((site) =>
    site.deferred || !isTold(site.effect) ? [] : matchAt(site, site.effect, definition, project),
  );
  if (first === undefined) return [];
  const clues = others.map(({ span, slots }) => ({ at: { path: definition.function.path, span }, note: `${slots.call} does so as well` }));
  return [{ ...first, evidence: [...first.evidence, ...clues] }];
}

function isTold(effect: EffectSite["effect"]): effect is Told {
  return effect === "broadcast" || effect === "enqueue";
}

function matchAt(site: EffectSite, told: Told, definition: Definition, project: Project): Match<Slots>[] {
  const steps = site.callee === null ? [] : traceEffect(project, site.callee, told);
  const cause = steps.at(-1)?.call ?? site.call;
  if (told === "enqueue" && isInDatabase(project, cause)) return [];
  if (steps.some((step) => isSaidThere(step, project))) return [];
  return [
    {
      span: site.span,
      confidence: steps.length > longestWay ? "possible" : "likely",
      slots: { call: spoken(site.call), cause: spoken(cause), told, inside: spoken(definition.id) },
      evidence: steps.map((step) => ({ at: step.at, note: `${spoken(step.caller)} calls ${spoken(step.call)}` })),
    },
  ];
}

/** Oban stores its jobs in the repository. */
function isInDatabase(project: Project, cause: string): boolean {
  const module = cause.replace(/\.[^.]*$/, "");
  return module.startsWith("Oban") || project.modules.get(module)?.uses.has("Oban") === true;
}

/** A function on the way has the transaction around it as well: it is told there. */
function isSaidThere(step: EffectStep, project: Project): boolean {
  const entry = project.functions.get(step.caller);
  const clause = entry?.facts.clauses.find((candidate) => contains(candidate.span, step.at.span));
  if (entry === undefined || clause?.body === null || clause?.body === undefined) return false;
  return transactionSpansIn(clause.body, entry.module, project).some((span) => contains(span, step.at.span));
}
