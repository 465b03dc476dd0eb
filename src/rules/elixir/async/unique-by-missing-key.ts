import type { Expression } from "../../../model/expression.js";
import type { Facts } from "../../../model/facts.js";
import type { Project } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import { atomOf, elementsOf, stringOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import { servingDefinitionsCalling, type Callee } from "../../shared/calling.js";
import { jobWorkers, uniqueOption, workerMadeBy, writtenArguments } from "../../shared/job-workers.js";
import { perProject } from "../../shared/per-project.js";
import { spoken } from "../../shared/written.js";

type Slots = { worker: string; key: string; given: string };

export const uniqueByMissingKey = defineRule<Slots>({
  id: "unique-by-missing-key",
  title: "Jobs are to be unique by an argument that they do not have",
  trigger: "critical_pattern",
  area: "async",
  severity: "high",
  cwe: ["CWE-837"],
  silencedBy: {},
  match(facts: Facts, project) {
    return facts.modules.flatMap((module) => {
      const worker = jobWorkers(project).get(module.name);
      if (worker === undefined || isAboutMeta(worker.options)) return [];
      return matchesOf(module.name, uniqueOption(worker.options, "keys"), project);
    });
  },
  what: ({ worker, key, given }) => `\`${worker}\` is unique by the argument \`${key}\`, and its jobs are made with ${given}.`,
  why: ({ key }) =>
    `Oban compares only the named keys: where \`${key}\` is in none of them all jobs of this worker count as the same one, so that every job but the first of a period is dropped without an error.`,
  instead: ({ key }) => `Name a key that the arguments have, in the spelling they have it, or add \`${key}\` to them.`,
  notWhen: [
    "A job of the worker is made with the key somewhere, or with arguments that are not written there.",
    "No job of the worker is made in the project, or `keys:` is not written as a list of atoms.",
    "`keys:` is about `meta` (`fields: [:meta]`).",
  ],
  examples: [
    {
      bad: `defmodule Shop.SyncWorker do
  use Oban.Worker, queue: :sync, unique: [period: 60, keys: [:shop_id]]

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Sync.run(id)
end

defmodule Shop.Shops do
  def changed(shop), do: %{id: shop.id} |> Shop.SyncWorker.new() |> Oban.insert()
end
`,
      at: ":shop_id",
      good: `defmodule Shop.SyncWorker do
  use Oban.Worker, queue: :sync, unique: [period: 60, keys: [:shop_id]]

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"shop_id" => id}}), do: Shop.Sync.run(id)
end

defmodule Shop.Shops do
  def changed(shop), do: %{shop_id: shop.id} |> Shop.SyncWorker.new() |> Oban.insert()
end
`,
    },
  ],
});

/** `fields: [:meta]`: the keys are then those of `meta` too. */
function isAboutMeta(options: Expression | null): boolean {
  return elementsOf(uniqueOption(options, "fields")).some((field) => atomOf(field) === "meta");
}

function matchesOf(worker: string, keys: Expression | null, project: Project): Match<Slots>[] {
  const made = argumentsByWorker(project).get(worker);
  if (keys === null || made === undefined || made === "unread" || made.size === 0) return [];
  return elementsOf(keys).flatMap((element): Match<Slots>[] => {
    const key = atomOf(element);
    if (key === null || made.has(key)) return [];
    const given = [...made].map((name) => `\`${name}\``).join(", ");
    return [{ span: element.span, confidence: "likely", slots: { worker: spoken(worker), key, given }, evidence: [] }];
  });
}

function makes({ function: name }: Callee): boolean {
  return name === "new";
}

/** The keys that jobs of each worker are made with anywhere; `unread` where some arguments are not written. */
const argumentsByWorker = perProject((project): ReadonlyMap<string, ReadonlySet<string> | "unread"> => {
  const made = new Map<string, Set<string> | "unread">();
  for (const facts of project.files.values()) {
    for (const definition of servingDefinitionsCalling(facts, project, makes)) {
      for (const call of collect(definition.body, "call")) {
        const worker = workerMadeBy(call, definition.function.module, project)?.module.name;
        if (worker === undefined) continue;
        const given = writtenArguments(call);
        const earlier = made.get(worker) ?? new Set<string>();
        if (given === null || earlier === "unread") made.set(worker, "unread");
        else {
          for (const { key } of given.entries) earlier.add(atomOf(key) ?? stringOf(key) ?? "");
          made.set(worker, earlier);
        }
      }
      for (const capture of collect(definition.body, "capture")) {
        const worker = workerMadeBy(capture, definition.function.module, project)?.module.name;
        if (worker !== undefined) made.set(worker, "unread");
      }
    }
  }
  return made;
});
