import { contains } from "../../../model/span.js";
import { collect } from "../../../model/walk.js";
import type { Effect, Project } from "../../../model/project.js";
import type { Confidence, Severity } from "../../../model/finding.js";
import { traceEffect, type EffectStep } from "../../../project/effects-of.js";
import { defineRule, type Clue, type Match } from "../../define.js";
import { asksOnlyWhenNotLoaded, goesThroughCache } from "../../shared/conditional.js";
import { servingDefinitions, type Definition } from "../../shared/definitions.js";
import { elementWork, loopName, loopedOver, type ElementSite, type ElementWork } from "../../shared/elements.js";
import { requestPath } from "../../shared/requests.js";
import { spoken, written } from "../../shared/written.js";

type Slots = { call: string; query: string; loop: string; over: string; inside: string; request: string; cure: "preload" | "load_first" };

/** Work that is done one element at a time on purpose; a look-up beside it is not what makes the loop slow. */
const perElementWork: readonly Effect[] = [
  "http",
  "mail",
  "command",
  "enqueue",
  "process_start",
  "process_call",
  "sleep",
  "broadcast",
  "file",
  "transaction",
];

export const queryPerElement = defineRule<Slots>({
  id: "query-per-element",
  title: "A query runs once for every element of a list",
  trigger: "n_plus_one",
  area: "data",
  severity: "high",
  cwe: ["CWE-1073"],
  silencedBy: {},
  match(facts, project) {
    return servingDefinitions(facts, project).flatMap((definition) =>
      elementWork(definition, project).flatMap((work) => matchOf(work, definition, project)),
    );
  },
  what: ({ call, query, loop, over }) =>
    call === query
      ? `\`${query}\` runs once for every element of \`${over}\` in this \`${loop}\`.`
      : `\`${call}\` runs \`${query}\`, and this \`${loop}\` calls it once for every element of \`${over}\`.`,
  why: ({ over, request }) =>
    `The number of queries grows with \`${over}\`: N elements cost N round trips to the database on top of the one that loaded them${
      request === "" ? ", and a pooled connection is checked out for each." : `, all of them while \`${request}\` keeps its caller waiting.`
    }`,
  instead: ({ over, query, call, cure }) =>
    cure === "preload"
      ? `Preload once for the whole list before the loop: \`Repo.preload(${over}, …)\` takes a list and issues one query per association.`
      : `Collect the keys of \`${over}\`, load all rows with one query (\`where: row.id in ^ids\`) into a map before the loop, and look them up where \`${
          call === query ? query : call
        }\` stands now; where the row is an association, preload it when \`${over}\` is loaded.`,
  notWhen: [
    "The loop runs over a few values written in the source, or over batches made by `chunk_every`.",
    "The query does not depend on the element.",
    "The element's work is an HTTP call, a mail, a job or another process: it is done one by one on purpose.",
    "The loop also writes each element: `write-per-element` says so once.",
    "The elements are few by nature (repositories, tables, partitions), are batches or pages, or the query belongs to one key of a map (then it is `possible`).",
    "The query lies behind a cache, or runs only when an association is not loaded yet (then it is `possible`).",
    "The code is a test, a seed, a migration, a mix task or a release task.",
  ],
  examples: [
    {
      bad: {
        "lib/shop/repo.ex": "defmodule Shop.Repo do\n  use Ecto.Repo, otp_app: :shop\nend\n",
        "lib/shop/accounts.ex":
          "defmodule Shop.Accounts do\n  alias Shop.Repo\n  alias Shop.Accounts.User\n\n  def owner_name(post), do: Repo.get(User, post.owner_id).name\nend\n",
        "lib/shop/blog.ex":
          "defmodule Shop.Blog do\n  alias Shop.Accounts\n\n  def titles(posts) do\n    Enum.map(posts, fn post -> {post.title, Accounts.owner_name(post)} end)\n  end\nend\n",
      },
      at: "Accounts.owner_name(post)",
      good: {
        "lib/shop/repo.ex": "defmodule Shop.Repo do\n  use Ecto.Repo, otp_app: :shop\nend\n",
        "lib/shop/accounts.ex":
          "defmodule Shop.Accounts do\n  alias Shop.Repo\n  alias Shop.Accounts.User\n\n  def owner_name(post), do: post.owner.name\n  def owner(id), do: Repo.get(User, id)\nend\n",
        "lib/shop/blog.ex":
          "defmodule Shop.Blog do\n  alias Shop.Accounts\n\n  def titles(posts) do\n    Enum.map(posts, fn post -> {post.title, Accounts.owner_name(post)} end)\n  end\nend\n",
      },
    },
    {
      bad: `defmodule Shop.Blog do
  alias Shop.Repo

  def with_authors(posts) do
    for post <- posts, do: Repo.preload(post, :author)
  end
end
`,
      at: "Repo.preload(post, :author)",
      good: `defmodule Shop.Blog do
  alias Shop.Repo

  def with_authors(posts) do
    for post <- Repo.preload(posts, :author), do: post
  end
end
`,
    },
  ],
});

function matchOf({ loop, sites }: ElementWork, definition: Definition, project: Project): Match<Slots>[] {
  if (sites.some((site) => site.effect === "write")) return [];
  const path = requestPath(project, definition.id);
  const queries = sites
    .filter((site) => site.effect === "query")
    .map((site) => judge(site, project, sites, isFewByNature(loop) || isForOneKey(loop, site) || (path === null && isRaw(site, project))));
  const best = queries.sort(
    (left, right) => rank(left.confidence) - rank(right.confidence) || left.site.span.start - right.site.span.start,
  )[0];
  if (best === undefined) return [];
  const { site, steps, confidence } = best;
  const severity: Severity = path === null ? "medium" : "high";
  const query = spoken(steps.at(-1)?.call ?? site.call);
  return [
    {
      span: site.span,
      confidence,
      severity,
      slots: {
        call: spoken(site.call),
        query,
        loop: loopName(loop),
        over: written(loopedOver(loop)),
        inside: spoken(definition.id),
        request: path === null ? "" : spoken(path[0] ?? ""),
        cure: /preload/.test(query) ? "preload" : "load_first",
      },
      evidence: evidenceOf(
        loop,
        definition,
        steps,
        queries.filter((other) => other !== best).map((other) => other.site),
      ),
    },
  ];
}

interface Judged {
  readonly site: ElementSite;
  readonly steps: readonly EffectStep[];
  readonly confidence: Confidence;
}

/** Repositories, tables and partitions are few, and each takes a statement of its own. */
function isFewByNature(loop: ElementWork["loop"]): boolean {
  return /(repos|repositories|schemas|tables|prefixes|databases|shards|replicas|partitions|adapters|queues)$/.test(
    written(loopedOver(loop)),
  );
}

/** A map is walked and the query belongs to one of its keys: `case key do "owner" -> …`. */
function isForOneKey(loop: ElementWork["loop"], site: ElementSite): boolean {
  const keys = loop.patterns.flatMap((pattern) => (pattern.kind === "tuple" ? pattern.elements.slice(0, 1) : []));
  const names = keys.flatMap((key) => (key.kind === "variable" ? [key.name] : []));
  return collect(loop.body, "branch").some(
    ({ subject, clauses }) =>
      subject?.kind === "variable" &&
      names.includes(subject.name) &&
      clauses.some((clause) => contains(clause.span, site.span) && clause.patterns.some((pattern) => pattern.kind === "literal")),
  );
}

function isRaw(site: ElementSite, project: Project): boolean {
  const end = site.callee === null ? site.call : (traceEffect(project, site.callee, "query").at(-1)?.call ?? "");
  return /\.(query|query_many)!?\//.test(end);
}

function judge(site: ElementSite, project: Project, sites: readonly ElementSite[], isExcused: boolean): Judged {
  const steps = site.callee === null ? [] : traceEffect(project, site.callee, "query");
  const isPreload = /\.preload\//.test(steps.at(-1)?.call ?? site.call);
  const doubtful =
    isExcused ||
    steps.length > 4 ||
    [site.call, ...steps.map((step) => step.caller)].some((call) => /batch|bulk|page|chunk/i.test(spoken(call))) ||
    (isPreload && steps.length > 0) ||
    sites.some((other) => perElementWork.includes(other.effect)) ||
    goesThroughCache(project, steps) ||
    asksOnlyWhenNotLoaded(project, steps);
  return { site, steps, confidence: doubtful ? "possible" : steps.length === 0 ? "certain" : "likely" };
}

function rank(confidence: Confidence): number {
  return confidence === "certain" ? 0 : confidence === "likely" ? 1 : 2;
}

function evidenceOf(
  loop: ElementWork["loop"],
  definition: Definition,
  steps: readonly EffectStep[],
  others: readonly ElementSite[],
): Clue[] {
  const path = definition.function.path;
  return [
    { at: { path, span: loop.nameSpan }, note: `runs once per element of ${written(loopedOver(loop))}` },
    ...steps.map((step) => ({ at: step.at, note: `${spoken(step.caller)} calls ${spoken(step.call)}` })),
    ...others.map((other) => ({ at: other, note: `${spoken(other.call)} queries once per element as well` })),
  ];
}
