import type { Call, Expression } from "../../../model/expression.js";
import type { Association, Project } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import { atomOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import type { Callee } from "../../shared/definition-index.js";
import type { Definition } from "../../shared/definitions.js";
import { definitionsCalling, selectedIn } from "../../shared/selections.js";
import { spoken } from "../../shared/written.js";

type Slots = { kind: "product" | "cut"; lists: readonly string[]; schema: string; inside: string };

const callers = definitionsCalling(joinsAssociation);

export const preloadMultipliesRows = defineRule<Slots>({
  id: "preload-multiplies-rows",
  title: "Lists are preloaded through joins, which multiplies or cuts rows",
  trigger: "critical_pattern",
  area: "data",
  severity: "medium",
  cwe: ["CWE-1073"],
  silencedBy: {},
  where: callers,
  match(facts, project) {
    return selectedIn(callers, facts, project).flatMap((definition) =>
      collect(definition.body, "call").flatMap((call) => matchOf(call, definition, project)),
    );
  },
  what: ({ kind, lists, schema, inside }) =>
    kind === "product"
      ? `The query in \`${inside}\` joins ${named(lists)} of \`${schema}\` side by side and preloads them from the joined rows.`
      : `The query in \`${inside}\` limits its rows, and they are rows of \`${schema}\` joined with ${named(lists)}, which it preloads from them.`,
  why: ({ kind, lists, schema }) =>
    kind === "product"
      ? `Every row of one list is paired with every row of the other: a \`${schema}\` with 100 of each comes as 10,000 rows, all sent and decoded, to be folded into 200.`
      : `The limit counts joined rows: a page of 20 holds as few \`${schema}\` as their ${named(lists)} leave room for, and the last one's list is cut off without any sign.`,
  instead: ({ kind }) =>
    kind === "product"
      ? "Preload each list by a query of its own: `preload: [:comments, :tags]` without bindings; keep the joins only where conditions need them."
      : "Preload the list by a query of its own (`preload: [:comments]` without a binding), and narrow by `exists` or a subquery of ids instead of the join.",
  notWhen: [
    "The lists are preloaded by queries of their own (`preload: [:comments]`).",
    "At most one joined association is a list, and nothing limits the rows.",
    "The lists hang from each other (comments and their likes): the rows add up and do not multiply.",
    "The limit is part of a subquery, or the query asks for one row by its key.",
    "The schema behind the join is not known.",
    "The code is a test, a seed, a migration or a mix task.",
  ],
  examples: [
    {
      bad: {
        "lib/shop/post.ex":
          'defmodule Shop.Post do\n  use Ecto.Schema\n\n  schema "posts" do\n    has_many :comments, Shop.Comment\n    has_many :images, Shop.Image\n  end\nend\n',
        "lib/shop/posts.ex": `defmodule Shop.Posts do
  import Ecto.Query

  def all do
    Shop.Repo.all(
      from p in Shop.Post,
        left_join: c in assoc(p, :comments),
        left_join: i in assoc(p, :images),
        preload: [comments: c, images: i]
    )
  end
end
`,
      },
      at: `from p in Shop.Post,
        left_join: c in assoc(p, :comments),
        left_join: i in assoc(p, :images),
        preload: [comments: c, images: i]`,
      good: {
        "lib/shop/post.ex":
          'defmodule Shop.Post do\n  use Ecto.Schema\n\n  schema "posts" do\n    has_many :comments, Shop.Comment\n    has_many :images, Shop.Image\n  end\nend\n',
        "lib/shop/posts.ex": `defmodule Shop.Posts do
  import Ecto.Query

  def all do
    Shop.Repo.all(from p in Shop.Post, left_join: c in assoc(p, :comments), preload: [:images, comments: c])
  end
end
`,
      },
    },
    {
      bad: {
        "lib/shop/post.ex":
          'defmodule Shop.Post do\n  use Ecto.Schema\n\n  schema "posts" do\n    has_many :comments, Shop.Comment\n  end\nend\n',
        "lib/shop/posts.ex": `defmodule Shop.Posts do
  import Ecto.Query

  def latest do
    Shop.Repo.all(from p in Shop.Post, join: c in assoc(p, :comments), preload: [comments: c], order_by: p.id, limit: 20)
  end
end
`,
      },
      at: "from p in Shop.Post, join: c in assoc(p, :comments), preload: [comments: c], order_by: p.id, limit: 20",
      good: {
        "lib/shop/post.ex":
          'defmodule Shop.Post do\n  use Ecto.Schema\n\n  schema "posts" do\n    has_many :comments, Shop.Comment\n  end\nend\n',
        "lib/shop/posts.ex": `defmodule Shop.Posts do
  import Ecto.Query

  def latest do
    Shop.Repo.all(from p in Shop.Post, preload: [:comments], order_by: p.id, limit: 20)
  end
end
`,
      },
    },
  ],
});

function named(lists: readonly string[]): string {
  return lists.map((list) => `\`${list}\``).join(" and ");
}

/** What a query joins through `assoc`, from which binding, and what it preloads from the joined rows. */
interface Joined {
  readonly binding: string;
  readonly owner: string;
  readonly association: Association;
}

function joinsAssociation({ function: name }: Callee): boolean {
  return name === "assoc";
}

function matchOf(call: Call, definition: Definition, project: Project): Match<Slots>[] {
  const options = call.arguments[1];
  if (call.function !== "from" || options?.kind !== "keyword") return [];
  const [source] = call.arguments;
  const binding = source?.kind === "operator" && source.operator === "in" ? source.operands[0] : undefined;
  const schema = source?.kind === "operator" ? source.operands[1] : undefined;
  if (binding?.kind !== "variable" || schema?.kind !== "module") return [];
  const joins = joinsOf(options.entries, binding.name, schema.name, project);
  const preloaded = new Set(options.entries.flatMap(({ key, value }) => (key === "preload" ? boundIn(value) : [])));
  const lists = joins.filter(
    ({ binding: name, association }) => preloaded.has(name) && /^(has_many|many_to_many)$/.test(association.cardinality),
  );
  const siblings = lists.filter(({ owner }) => lists.filter((other) => other.owner === owner).length > 1);
  const limited = options.entries.some(({ key, value }) => key === "limit" && !(value.kind === "literal" && value.value === "1"));
  const kind = limited && lists.length > 0 ? "cut" : siblings.length > 1 ? "product" : null;
  if (kind === null) return [];
  const told = kind === "cut" ? lists : siblings;
  return [
    {
      span: call.span,
      confidence: "likely",
      severity: kind === "cut" ? "high" : "medium",
      slots: { kind, lists: told.map(({ association }) => association.name), schema: spoken(schema.name), inside: spoken(definition.id) },
      evidence: told.map(({ association }) => ({ at: association, note: `${association.name} is a list` })),
    },
  ];
}

function joinsOf(
  entries: readonly { readonly key: string; readonly value: Expression }[],
  root: string,
  schema: string,
  project: Project,
): Joined[] {
  const schemaOf = new Map([[root, schema]]);
  return entries.flatMap(({ key, value }): Joined[] => {
    const [variable, joined] = /join$/.test(key) && value.kind === "operator" && value.operator === "in" ? value.operands : [];
    if (variable?.kind !== "variable" || joined?.kind !== "call" || joined.function !== "assoc") return [];
    const [owner, name] = joined.arguments;
    if (owner?.kind !== "variable") return [];
    const association = project.schemas
      .get(schemaOf.get(owner.name) ?? "")
      ?.associations.find((candidate) => candidate.name === atomOf(name));
    if (association === undefined) return [];
    if (association.schema !== null) schemaOf.set(variable.name, association.schema);
    return [{ binding: variable.name, owner: owner.name, association }];
  });
}

/** Bindings that a preload takes its rows from: `[comments: c]`, `[comments: {c, likes: l}]`. */
function boundIn(value: Expression): string[] {
  return collect(value, "variable").flatMap(({ name, pinned }) => (pinned ? [] : [name]));
}
