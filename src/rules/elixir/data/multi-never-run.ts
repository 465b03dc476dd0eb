import type { Call, Expression } from "../../../model/expression.js";
import type { FunctionId, Project, ProjectFunction } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import { functionsCalling } from "../../../project/calls/callees.js";
import { callersOf } from "../../../project/callers-of.js";
import { effectsOf } from "../../../project/effects-of.js";
import { findFunction } from "../../../project/find-function.js";
import { defineRule, type Match } from "../../define.js";
import type { Definition } from "../../shared/definitions.js";
import { discardedCalls, endsOf } from "../../shared/discarded.js";
import { perProject } from "../../shared/per-project.js";
import { anyOf, definitionsCalling, definitionsOf, selectedIn } from "../../shared/selections.js";
import { spoken } from "../../shared/written.js";

type Slots = { call: string; fate: "dropped" | "unread" | "returned"; name: string; inside: string };

const mayBuild = anyOf(
  definitionsCalling(({ module }) => isMulti(module)),
  definitionsOf((project) => [...builders(project)].flatMap((id) => callersOf(project, id).map(({ caller }) => caller))),
);

export const multiNeverRun = defineRule<Slots>({
  id: "multi-never-run",
  title: "A Multi is built and never given to the repository",
  trigger: "critical_pattern",
  area: "data",
  severity: "high",
  cwe: ["CWE-252"],
  silencedBy: {},
  fix: "keep-multi",
  where: mayBuild,
  match(facts, project) {
    return selectedIn(mayBuild, facts, project).flatMap((definition) => matchesIn(definition, project));
  },
  what: ({ call, fate, name, inside }) => {
    if (fate === "returned")
      return `\`${inside}\` ends in \`${call}\`: the Multi it builds goes back to the library that called it, which does not run it.`;
    if (fate === "unread") return `\`${inside}\` binds the Multi of \`${call}\` to \`${name}\`, and nothing uses \`${name}\` afterwards.`;
    return `\`${inside}\` drops the Multi that \`${call}\` gives back.`;
  },
  why: () => "A Multi is only a list of steps: until `Repo.transaction` runs it nothing is written, and no error says so.",
  instead: ({ call, fate }) =>
    fate === "returned"
      ? `Pipe the result of \`${call}\` into \`Repo.transaction()\` and give back what the library expects of its outcome.`
      : `Go on with what \`${call}\` gives back, and hand the finished Multi to \`Repo.transaction\`.`,
  notWhen: [
    "The Multi goes on into a call, a tuple, a list or a variable that is used later.",
    "The function gives it back to the project's own code, or to nobody that is known.",
    "The function that builds it runs it as well.",
    "The code is a test, a seed, a migration or a mix task.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Orders do
  alias Ecto.Multi
  alias Shop.Repo

  def cancel(order) do
    multi = Multi.update(Multi.new(), :order, Ecto.Changeset.change(order, cancelled: true))
    Multi.delete_all(multi, :items, Ecto.assoc(order, :items))
    Repo.transaction(multi)
  end
end
`,
      at: "Multi.delete_all(multi, :items, Ecto.assoc(order, :items))",
      good: `defmodule Shop.Orders do
  alias Ecto.Multi
  alias Shop.Repo

  def cancel(order) do
    multi = Multi.update(Multi.new(), :order, Ecto.Changeset.change(order, cancelled: true))
    multi = Multi.delete_all(multi, :items, Ecto.assoc(order, :items))
    Repo.transaction(multi)
  end
end
`,
    },
    {
      bad: `defmodule Shop.InvoiceJob do
  use Oban.Worker
  alias Ecto.Multi

  @impl true
  def perform(%{args: %{"id" => id}}) do
    id |> Shop.Invoices.changeset() |> persist()
  end

  defp persist(changeset), do: Multi.insert(Multi.new(), :invoice, changeset)
end
`,
      at: "persist()",
      good: `defmodule Shop.InvoiceJob do
  use Oban.Worker
  alias Ecto.Multi

  @impl true
  def perform(%{args: %{"id" => id}}) do
    id |> Shop.Invoices.changeset() |> persist() |> Shop.Repo.transaction()
  end

  defp persist(changeset), do: Multi.insert(Multi.new(), :invoice, changeset)
end
`,
    },
  ],
});

const building =
  /^(new|insert|update|delete|insert_or_update|insert_all|update_all|delete_all|run|merge|append|prepend|put|error|inspect|one|all|exists\?)$/;
/** Libraries that call `perform` and run no Multi that it gives back. */
const jobLibraries = ["Oban.Worker", "Oban.Pro.Worker", "EctoJob.JobQueue"];

function isMulti(module: string | null): boolean {
  return module === "Ecto.Multi" || module === "Multi";
}

/** Project functions that do nothing but build a Multi and give it back, whatever their clause. */
const builders = perProject((project): ReadonlySet<FunctionId> => {
  const found = new Set<FunctionId>();
  let candidates = functionsCalling(project, ({ module }) => isMulti(module)).flatMap((id) => project.functions.get(id) ?? []);
  while (candidates.length > 0) {
    const fresh = candidates.filter((entry) => !found.has(entry.id) && endsInMulti(entry, found, project));
    for (const { id } of fresh) found.add(id);
    candidates = fresh.flatMap(({ id }) => callersOf(project, id).flatMap(({ caller }) => project.functions.get(caller) ?? []));
  }
  return found;
});

function endsInMulti(entry: ProjectFunction, known: ReadonlySet<FunctionId>, project: Project): boolean {
  const bodies = entry.facts.clauses.flatMap(({ body }) => (body === null ? [] : [body]));
  return (
    bodies.length > 0 &&
    !effectsOf(project, entry.id).has("transaction") &&
    bodies.every((body) => {
      const ends = body.kind === "branch" ? [] : endsOf(body);
      return ends.length > 0 && ends.every((end) => builds(end, entry.module, known, project));
    })
  );
}

function builds(call: Call, module: string, known: ReadonlySet<FunctionId>, project: Project): boolean {
  if (isMulti(call.module)) return building.test(call.function);
  const target = call.subject === null ? findFunction(project, call.module ?? module, call.function, call.arguments.length) : null;
  return target !== null && known.has(target.id);
}

function matchesIn(definition: Definition, project: Project): Match<Slots>[] {
  const { body, function: entry } = definition;
  const made = collect(body, "call").filter((call) => builds(call, entry.module, builders(project), project));
  const dropped = discardedCalls(body);
  const returned = isJob(entry, project) ? endsOf(body) : [];
  return made.flatMap((call) => {
    const fate = dropped.includes(call) ? "dropped" : returned.includes(call) ? "returned" : null;
    if (fate !== null) return [matchAt(call, fate, "", definition)];
    const name = boundUnread(call, body);
    return name === null ? [] : [matchAt(call, "unread", name, definition)];
  });
}

function isJob({ module, facts }: ProjectFunction, project: Project): boolean {
  const uses = project.modules.get(module)?.uses;
  return facts.name === "perform" && jobLibraries.some((library) => uses?.has(library) === true);
}

/** The variable a call is bound to, when nothing reads it from there on. */
function boundUnread(call: Call, body: Expression): string | null {
  const match = collect(body, "match").find(({ value }) => value === call);
  if (match?.pattern.kind !== "variable") return null;
  const { name } = match.pattern;
  const pattern = match.pattern;
  return collect(body, "variable").some(
    (variable) => variable !== pattern && variable.name === name && variable.span.start >= call.span.end,
  ) || endsIn(body, match)
    ? null
    : name;
}

/** A match at the end of a body gives its value back. */
function endsIn(body: Expression, end: Expression): boolean {
  if (body === end) return true;
  if (body.kind === "block") return body.expressions.slice(-1).some((last) => endsIn(last, end));
  return collect(body, "block").some(({ expressions }) => expressions.at(-1) === end) || collectClauseBodies(body).includes(end);
}

function collectClauseBodies(body: Expression): Expression[] {
  return [...collect(body, "branch"), ...collect(body, "lambda")].flatMap(({ clauses }) => clauses.map((clause) => clause.body));
}

function matchAt(call: Call, fate: Slots["fate"], name: string, { id }: Definition): Match<Slots> {
  const called = spoken(`${call.module === null ? "" : `${call.module}.`}${call.function}`);
  return { span: call.segment, confidence: "certain", slots: { call: called, fate, name, inside: spoken(id) }, evidence: [] };
}
