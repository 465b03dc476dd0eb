import type { Facts } from "../../../model/facts.js";
import { outlineOfClause, type OutlinedCall } from "../../../model/outline.js";
import type { Project } from "../../../model/project.js";
import { optionOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import type { Callee } from "../../shared/definition-index.js";
import type { Definition } from "../../shared/definitions.js";
import { workerMadeBy, type JobWorker } from "../../shared/job-workers.js";
import { definitionsCalling, selectedIn } from "../../shared/selections.js";
import { spoken } from "../../shared/written.js";

type Slots = { inside: string; worker: string };

const inserting = definitionsCalling(insertsAll);

export const uniqueJobsInBulk = defineRule<Slots>({
  id: "unique-jobs-in-bulk",
  title: "Jobs that are to be unique are inserted in bulk, which ignores it",
  trigger: "critical_pattern",
  area: "async",
  severity: "medium",
  cwe: ["CWE-837"],
  silencedBy: {},
  where: inserting,
  match(facts: Facts, project) {
    if (project.dependencies.has("oban_pro")) return [];
    return selectedIn(inserting, facts, project).flatMap((definition) => matchOf(definition, project));
  },
  what: ({ inside, worker }) =>
    `\`${inside}\` inserts jobs of \`${worker}\` with \`Oban.insert_all\`, which does not look at the \`unique:\` of the worker.`,
  why: ({ worker }) =>
    `Only single inserts are checked (bulk ones by the engine of Oban Pro alone): each run adds the same jobs of \`${worker}\` again, and what \`unique:\` was to prevent is done twice.`,
  instead: ({ worker }) =>
    `Insert them one by one (\`Enum.each(jobs, &Oban.insert/1)\`), or leave out beforehand what is enqueued already; if \`${worker}\` may run twice, take \`unique:\` away, so that nobody relies on it.`,
  notWhen: [
    "The project has Oban Pro, whose engine checks bulk inserts.",
    "The worker has no `unique:`, or it cannot be told whose jobs are inserted.",
    "The function says in its name that it does not look (`add_without_uniqueness`), or has looked.",
    "The code is a test, a script or a mix task.",
  ],
  examples: [
    {
      bad: `defmodule Shop.StatsWorker do
  use Oban.Worker, queue: :stats, unique: [period: 600]

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"shop_id" => id}}), do: Shop.Stats.refresh(id)
end

defmodule Shop.Nightly do
  def run(shops) do
    shops
    |> Enum.map(&Shop.StatsWorker.new(%{shop_id: &1.id}))
    |> Oban.insert_all()
  end
end
`,
      at: "Oban.insert_all()",
      good: `defmodule Shop.StatsWorker do
  use Oban.Worker, queue: :stats, unique: [period: 600]

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"shop_id" => id}}), do: Shop.Stats.refresh(id)
end

defmodule Shop.Nightly do
  def run(shops) do
    shops
    |> Enum.map(&Shop.StatsWorker.new(%{shop_id: &1.id}))
    |> Enum.each(&Oban.insert/1)
  end
end
`,
    },
  ],
});

function insertsAll({ module, function: name }: Callee): boolean {
  return module === "Oban" && name === "insert_all";
}

function matchOf(definition: Definition, project: Project): Match<Slots>[] {
  const { calls } = outlineOfClause(definition.clause);
  const insert = calls.find(insertsAll);
  const worker = calls.map((call) => workerOf(call, definition, project)).find((found) => found !== null);
  const unique = worker === undefined || worker === null ? null : optionOf(worker.options, "unique");
  if (/uniq/.test(definition.function.facts.name)) return [];
  if (insert === undefined || worker === undefined || worker === null || unique === null) return [];
  const evidence = [{ at: { path: worker.module.path, span: unique.span }, note: "the worker asks for unique jobs" }];
  const slots = { inside: spoken(definition.id), worker: spoken(worker.module.name) };
  return [{ span: insert.span, confidence: "likely", slots, evidence }];
}

function workerOf(call: OutlinedCall, { function: { module } }: Definition, project: Project): JobWorker | null {
  return workerMadeBy(call, module, project);
}
