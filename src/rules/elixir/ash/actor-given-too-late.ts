import type { Call, Expression } from "../../../model/expression.js";
import { collect } from "../../../model/walk.js";
import { optionOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import type { Callee } from "../../shared/definition-index.js";
import { definitionsCalling, selectedIn } from "../../shared/selections.js";

type Slots = { built: string; run: string };

const building = definitionsCalling(builds);

export const actorGivenTooLate = defineRule<Slots>({
  id: "actor-given-too-late",
  title: "The actor is given to an Ash action after its changeset or query was built",
  trigger: "missing_auth",
  area: "security",
  severity: "medium",
  cwe: ["CWE-863"],
  silencedBy: {},
  where: building,
  match: (facts, project) => selectedIn(building, facts, project).flatMap(({ body }) => matchesIn(body)),
  what: ({ built, run }) => `\`${run}\` gets the actor, but \`${built}\` before it has built the action without one.`,
  why: ({ built }) =>
    `Changes, validations, preparations and defaults run inside \`${built}\`: whatever they ask of the actor (an owner set with \`relate_actor\`, a tenant, a condition) is answered as if nobody were signed in.`,
  instead: ({ built, run }) => `Give \`actor:\` to \`${built}\` and leave it out of \`${run}\`, which takes it from what was built.`,
  notWhen: [
    "The builder is given an actor, a scope, or options that are no literal list.",
    "The query is built by other functions only (`Ash.Query.filter`, `sort`, `load`), which run nothing of the action.",
    "What is run is no changeset, query or input that is seen being built in the same pipe or function.",
  ],
  examples: [
    {
      bad: `defmodule Blog.Posts do
  def publish(params, user) do
    Blog.Post
    |> Ash.Changeset.for_create(:publish, params)
    |> Ash.create!(actor: user)
  end
end
`,
      at: "Ash.create!(actor: user)",
      good: `defmodule Blog.Posts do
  def publish(params, user) do
    Blog.Post
    |> Ash.Changeset.for_create(:publish, params, actor: user)
    |> Ash.create!()
  end
end
`,
    },
    {
      bad: `defmodule Blog.Posts do
  def mine(user) do
    query = Ash.Query.for_read(Blog.Post, :mine, %{})

    Ash.read(query, actor: user)
  end
end
`,
      at: "Ash.read(query, actor: user)",
      good: `defmodule Blog.Posts do
  def mine(user) do
    query = Ash.Query.filter(Blog.Post, published: true)

    Ash.read(query, actor: user)
  end
end
`,
    },
  ],
});

const builders: Readonly<Record<string, RegExp>> = {
  "Ash.Changeset": /^for_(create|update|destroy|action)$/,
  "Ash.Query": /^for_read!?$/,
  "Ash.ActionInput": /^for_action$/,
};
const running = /^(create|update|destroy|read|read_one|read_first|get|count|exists\?|stream|page|run_action)!?$/;

function builds({ module, function: name }: Callee): boolean {
  return builders[module ?? ""]?.test(name) ?? false;
}

function matchesIn(body: Expression): Match<Slots>[] {
  const named = new Map<string, Expression>();
  for (const { pattern, value } of collect(body, "match")) if (pattern.kind === "variable") named.set(pattern.name, value);
  return collect(body, "call").flatMap((run) => {
    const [subject, options] = run.arguments;
    if (run.module !== "Ash" || !running.test(run.function) || options?.kind !== "keyword" || optionOf(options, "actor") === null)
      return [];
    const source = subject?.kind === "variable" ? named.get(subject.name) : subject;
    const built = source === undefined ? null : builderIn(source);
    if (built === null || mayHoldActor(built)) return [];
    return [
      {
        span: run.segment,
        confidence: "likely",
        slots: { built: `${built.module ?? ""}.${built.function}`, run: `Ash.${run.function}` },
        evidence: [],
      },
    ];
  });
}

/** The call that built the action, at the start of a pipe of changeset or query functions. */
function builderIn(source: Expression): Call | null {
  for (let current: Expression | undefined = source; current?.kind === "call"; current = current.arguments[0]) {
    if (builders[current.module ?? ""]?.test(current.function) ?? false) return current;
  }
  return null;
}

function mayHoldActor(built: Call): boolean {
  return built.arguments.slice(1).some((given, position, rest) => {
    if (given.kind === "keyword") return given.entries.some(({ key }) => key === "actor" || key === "scope");
    // Options stand last and after the parameters; a name in their place may hold an actor.
    return position === rest.length - 1 && rest.length > 2 && given.kind !== "map";
  });
}
