import { outlineOfClause } from "../../../model/outline.js";
import type { Project } from "../../../model/project.js";
import { loopsIn, mayLoop, type LoopSite } from "../../../project/loops-in.js";
import { querySetOf, type QuerySet } from "../../../project/querysets/query-set.js";
import { defineRule, type Match } from "../../define.js";
import { servingDefinitions, type Definition } from "../../shared/definitions.js";
import { mayEndEarly } from "../../shared/early-end.js";
import { relatedReads, type RelatedRead } from "../../shared/related-reads.js";
import { writtenScript } from "../../shared/script-words.js";
import { isCommand, isServing } from "../../shared/serving-files.js";
import { quoted } from "../../shared/written.js";

type Slots = {
  relation: string;
  path: string;
  model: string;
  over: string;
  load: "select_related" | "prefetch_related";
  request: "yes" | "no";
};

const models = `from django.db import models


class Author(models.Model):
    name = models.CharField(max_length=80)


class Post(models.Model):
    title = models.CharField(max_length=80)
    author = models.ForeignKey(Author, on_delete=models.CASCADE, related_name="posts")


class Comment(models.Model):
    post = models.ForeignKey(Post, on_delete=models.CASCADE)
`;

/** Pages shorter than this cost little. */
const fewRows = 12;

export const relationReadPerRow = defineRule<Slots>({
  id: "relation-read-per-row",
  title: "A relation that the query did not load is read for every row",
  trigger: "n_plus_one",
  area: "data",
  severity: "high",
  cwe: ["CWE-1073"],
  languages: ["python"],
  silencedBy: {},
  match(facts, project) {
    if (!isServing(facts.path)) return [];
    return servingDefinitions(facts, project).flatMap((definition) =>
      mayLoop(outlineOfClause(definition.clause)) ? loopsIn(definition.body).flatMap((loop) => inLoop(loop, definition, project)) : [],
    );
  },
  what: ({ relation, over, load, path }) =>
    `\`${relation}\` is read for every row of ${quoted(over)}, and the query does not load it: there is no \`${load}("${path}")\`.`,
  why: ({ request }) =>
    `Django fetches a relation that was not loaded when it is first read, so N rows cost N queries on top of the one that loaded them${
      request === "yes" ? ", all of them while a request waits." : "."
    }`,
  instead: ({ load, path, model }) =>
    load === "select_related"
      ? `Add \`.select_related("${path}")\` to the query of \`${model}\`: a join loads it with the rows, in the same query.`
      : `Add \`.prefetch_related("${path}")\` to the query of \`${model}\`: one further query loads it for all rows.`,
  notWhen: [
    "The query, or any query set it is made from, loads the relation by `select_related` or `prefetch_related`, also as part of a longer path.",
    "Only the key is read (`post.author_id`), or the relation is assigned before it is read.",
    "What is gone through is not known to be a query set of a model: a parameter, a manager of the project's own, `values()`.",
    "The query finds its row by primary key.",
    "The slice takes a dozen rows at most, the loop may end early, or the code is a management command (then it is `possible`).",
    "The code is a test or a migration.",
  ],
  examples: [
    {
      bad: {
        "blog/models.py": models,
        "blog/views.py": `from .models import Post


def index(request):
    posts = Post.objects.filter(title__startswith="A").order_by("-id")
    return [{"title": post.title, "author": post.author.name} for post in posts]
`,
      },
      at: "post.author",
      good: {
        "blog/models.py": models,
        "blog/views.py": `from .models import Post


def index(request):
    posts = Post.objects.select_related("author").filter(title__startswith="A").order_by("-id")
    return [{"title": post.title, "author": post.author.name} for post in posts]
`,
      },
    },
    {
      bad: {
        "blog/models.py": models,
        "blog/feeds.py": `from blog.models import Author


def recent():
    return Author.objects.all()


def lines():
    for author in recent():
        yield author.name, author.posts.count()
`,
      },
      at: "author.posts.count()",
      good: {
        "blog/models.py": models,
        "blog/feeds.py": `from blog.models import Author


def recent():
    return Author.objects.prefetch_related("posts")


def lines():
    for author in recent():
        yield author.name, author.posts.count()
`,
      },
    },
  ],
});

function inLoop(loop: LoopSite, definition: Definition, project: Project): Match<Slots>[] {
  const variable = rowVariable(loop);
  if (loop.source === null || variable === null) return [];
  const place = { project, function: definition.function, clause: definition.clause, depth: 0 };
  const query = querySetOf(loop.source, place);
  if (query === null || query.opaque || findsOne(query)) return [];
  const reads = relatedReads(project, [loop.body, ...loop.others], variable, query.model);
  const missing = reads.filter(({ path, single }) => !isLoaded(query, path, single));
  const first = new Map(missing.toReversed().map((read) => [read.path, read]));
  // A step is fetched with the first of its path that is not loaded; what lies behind it is named when that is mended.
  const nearest = [...first.values()].filter(({ path }) => ![...first.keys()].some((other) => path.startsWith(`${other}__`)));
  return nearest.map((read) => matchOf(read, { loop, query, variable, definition }, missing));
}

interface Found {
  readonly loop: LoopSite;
  readonly query: QuerySet;
  readonly variable: string;
  readonly definition: Definition;
}

function matchOf(read: RelatedRead, { loop, query, variable, definition }: Found, missing: readonly RelatedRead[]): Match<Slots> {
  const { path } = definition.function;
  const request = answersRequest(definition);
  const over = writtenScript(loop.source);
  const doubtful = isCommand(path) || mayEndEarly(loop) || (query.limit !== null && query.limit <= fewRows);
  const again = missing.filter((other) => other.path === read.path && other !== read);
  return {
    span: read.span,
    confidence: doubtful ? "possible" : "likely",
    severity: request ? "high" : "medium",
    slots: {
      ...{ relation: `${variable}.${read.path.replaceAll("__", ".")}`, path: read.path, over, request: request ? "yes" : "no" },
      ...{ model: query.model.split(".").at(-1) ?? query.model, load: read.single ? "select_related" : "prefetch_related" },
    },
    evidence: [
      { at: { path, span: loop.nameSpan }, note: `runs once per row of ${over}` },
      { at: read.association, note: `${read.association.name} is declared as a relation here` },
      ...again.map(({ span }) => ({ at: { path, span }, note: `${variable}.${read.path.replaceAll("__", ".")} is read here as well` })),
    ],
  };
}

/** The name a row is bound to: the loop's own, or the second of `enumerate`. */
function rowVariable({ patterns, source }: LoopSite): string | null {
  const [pattern] = patterns;
  if (pattern?.kind === "variable") return pattern.name;
  const enumerated =
    source?.kind === "call" && source.function === "enumerate" && pattern?.kind === "tuple" ? pattern.elements[1] : undefined;
  return enumerated?.kind === "variable" ? enumerated.name : null;
}

function isLoaded({ loaded }: QuerySet, path: string, single: boolean): boolean {
  return loaded.some((name) => name === path || name.startsWith(`${path}__`) || (name === "*" && single));
}

function findsOne({ filters }: QuerySet): boolean {
  return filters.some(({ column, operator }) => operator === "==" && /^(pk|id)$/.test(column));
}

/** A view: it takes the request, or is a method of a class that has it. */
function answersRequest({ clause, function: { path } }: Definition): boolean {
  const [first] = clause.parameters;
  return (first?.kind === "variable" && first.name === "request") || /(^|\/)(views|api|viewsets|serializers)(\.py$|\/)/.test(path);
}
