import type { FunctionId, Project } from "../../../model/project.js";
import type { EffectStep } from "../../../project/effects-of.js";
import { defineRule, type Clue, type Match } from "../../define.js";
import { listedLambdas } from "../../shared/called-per-element.js";
import { elementWork, fieldWork, type ElementSite, type ElementWork } from "../../shared/elements.js";
import { isBounded, judgeQuery, surestFirst } from "../../shared/query-doubt.js";
import { requestPath } from "../../shared/requests.js";
import { definitionsWith, selectedIn } from "../../shared/selections.js";
import { quoted, spoken } from "../../shared/written.js";

type Slots = {
  call: string;
  query: string;
  how: string;
  called: ElementWork["form"];
  over: string;
  inside: string;
  request: string;
  cure: "preload" | "load_first";
};

const asking = definitionsWith("query");

export const queryPerElement = defineRule<Slots>({
  id: "query-per-element",
  title: "A query runs once for every element of a list",
  trigger: "n_plus_one",
  area: "data",
  severity: "high",
  cwe: ["CWE-1073"],
  silencedBy: {},
  fix: "load-before-loop",
  where: (project) => new Set([...asking(project).keys(), ...listedLambdas(project).keys()]),
  match(facts, project) {
    const inDefinitions = selectedIn(asking, facts, project).flatMap((definition) =>
      elementWork(definition, project, "query").flatMap((work) => matchOf(work, definition.id, project)),
    );
    const inSchema = (listedLambdas(project).get(facts.path) ?? []).flatMap((field) => {
      const work = fieldWork(field, project);
      return work === null ? [] : matchOf(work, field.body, project);
    });
    return [...inDefinitions, ...inSchema];
  },
  what: ({ call, query, how, called, over, inside }) => {
    const does = call === query ? `\`${query}\` runs` : `\`${call}\` runs \`${query}\`, and that`;
    if (called === "rendered")
      return `${does}${call === query ? "" : " happens"} once for every element of ${quoted(over)}, because \`${how}\` renders ${inside} for each.`;
    if (called === "field")
      return `${does}${call === query ? "" : " happens"} once for every object of a list of ${quoted(over)}, because ${inside} resolves its \`${how}\`.`;
    if (called === "recursion")
      return `${does}${call === query ? "" : " happens"} once for every element of the list that ${inside} goes through by calling itself.`;
    return call === query
      ? `\`${query}\` runs once for every element of ${quoted(over)} in this \`${how}\`.`
      : `\`${call}\` runs \`${query}\`, and this \`${how}\` calls it once for every element of ${quoted(over)}.`;
  },
  why: ({ over, request }) =>
    `The number of queries grows with ${quoted(over)}: N elements cost N round trips to the database on top of the one that loaded them${
      request === "" ? ", and a pooled connection is checked out for each." : `, all of them while \`${request}\` keeps its caller waiting.`
    }`,
  instead: ({ over, call, cure, called }) => {
    if (called === "field")
      return `Resolve the field with \`dataloader\` or \`batch\`, which collect the keys of all objects of the list and load them with one query.`;
    if (cure === "preload")
      return `Preload once for the whole list before it is gone through: \`Repo.preload(list, …)\` takes a list and issues one query per association.`;
    return `Collect the keys of ${quoted(over)}, load all rows with one query (\`where: row.id in ^ids\`) into a map first, and look them up where \`${call}\` stands now; where the row is an association, preload it when ${quoted(over)} is loaded.`;
  },
  notWhen: [
    "The loop runs over a few values written in the source, or over batches made by `chunk_every`.",
    "The query does not depend on the element.",
    "The element's work is an HTTP call, a mail, a job or another process: it is done one by one on purpose.",
    "The loop also writes each element: `write-per-element` says so once; where it grows an `Ecto.Multi`, it is `possible`.",
    "The elements are queries, each of its own (then it is `possible`).",
    "A GraphQL resolver that looks at nothing of its object.",
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

function matchOf(work: ElementWork, id: FunctionId, project: Project): Match<Slots>[] {
  const { sites } = work;
  if (sites.some((site) => site.effect === "write")) return [];
  const path = requestPath(project, id);
  const judged = sites.filter((site) => site.effect === "query").map((site) => judgeQuery(site, work, path !== null, project));
  const [best, ...others] = judged.sort(surestFirst);
  if (best === undefined) return [];
  const { site, steps, confidence } = best;
  const query = spokenEnd(site, steps);
  return [
    {
      span: site.span,
      confidence,
      severity: (path === null && work.form !== "field") || isBounded(work) ? "medium" : "high",
      slots: {
        call: spoken(site.call),
        query,
        how: work.how,
        called: work.form,
        over: work.over,
        inside: id.includes(".__body__/") ? "a function in the schema" : `\`${spoken(id)}\``,
        request: path === null ? "" : spoken(path[0] ?? ""),
        cure: /preload/.test(query) ? "preload" : "load_first",
      },
      evidence: evidenceOf(
        work,
        steps,
        others.map((other) => other.site),
      ),
    },
  ];
}

/** The library call at the end, with the repository's own name where it calls itself. */
function spokenEnd(site: ElementSite, steps: readonly EffectStep[]): string {
  const last = steps.at(-1);
  const call = spoken(last?.call ?? site.call);
  return last === undefined || call.includes(".") ? call : `${spoken(last.caller).split(".")[0] ?? ""}.${call}`;
}

function evidenceOf(work: ElementWork, steps: readonly EffectStep[], others: readonly ElementSite[]): Clue[] {
  return [
    work.clue,
    ...steps.map((step) => ({ at: step.at, note: `${spoken(step.caller)} calls ${spoken(step.call)}` })),
    ...others.map((other) => ({ at: other, note: `${spoken(other.call)} queries once per element as well` })),
  ];
}
