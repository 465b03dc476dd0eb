import type { Call, Expression } from "../../../model/expression.js";
import type { Facts } from "../../../model/facts.js";
import type { Project } from "../../../model/project.js";
import { walk } from "../../../model/walk.js";
import { atomOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import { servingDefinitionsCalling, type Callee } from "../../shared/calling.js";
import type { Definition } from "../../shared/definitions.js";
import { endsOf } from "../../shared/discarded.js";
import { jobWorkers, uniqueOption, workerMadeBy } from "../../shared/job-workers.js";
import { written } from "../../shared/written.js";

type Slots = { place: string; given: string };

export const jobTimeInMilliseconds = defineRule<Slots>({
  id: "job-time-in-milliseconds",
  title: "A job's time is given in milliseconds where seconds are meant",
  trigger: "critical_pattern",
  area: "async",
  severity: "high",
  cwe: ["CWE-682"],
  silencedBy: {},
  match(facts: Facts, project) {
    if (jobWorkers(project).size === 0) return [];
    const inFunctions = servingDefinitionsCalling(facts, project, givesMilliseconds).flatMap((definition) => timesIn(definition, project));
    return [...inFunctions, ...facts.modules.flatMap(({ name }) => uniqueTime(jobWorkers(project).get(name)?.options ?? null))];
  },
  what: ({ place, given }) => `${place} is \`${given}\`, which is in milliseconds; Oban counts it in seconds.`,
  why: () =>
    "The time is a thousand times as long as was meant: five minutes become three and a half days, and nothing reports it, because the job is only not there yet.",
  instead: ({ given }) => `Give seconds (\`5 * 60\`), or a unit where Oban takes one (\`{5, :minutes}\`), instead of \`${given}\`.`,
  notWhen: [
    "The value is divided, or goes through a function that may convert it.",
    "The option is `timeout/1` of a worker, which is in milliseconds.",
    "The call is not about a job: the same option of another library.",
  ],
  examples: [
    {
      bad: `defmodule Shop.ReminderWorker do
  use Oban.Worker, queue: :mail

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Reminders.send(id)
end

defmodule Shop.Reminders do
  def later(order) do
    %{id: order.id} |> Shop.ReminderWorker.new(schedule_in: :timer.minutes(5)) |> Oban.insert()
  end
end
`,
      at: ":timer.minutes(5)",
      good: `defmodule Shop.ReminderWorker do
  use Oban.Worker, queue: :mail

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"id" => id}}), do: Shop.Reminders.send(id)
end

defmodule Shop.Reminders do
  def later(order) do
    %{id: order.id} |> Shop.ReminderWorker.new(schedule_in: {5, :minutes}) |> Oban.insert()
  end
end
`,
    },
    {
      bad: `defmodule Shop.SyncWorker do
  use Oban.Worker, queue: :sync

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"id" => id}}) do
    if Shop.Remote.busy?(), do: {:snooze, :timer.seconds(30)}, else: Shop.Remote.sync(id)
  end
end
`,
      at: ":timer.seconds(30)",
      good: `defmodule Shop.SyncWorker do
  use Oban.Worker, queue: :sync

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"id" => id}}) do
    if Shop.Remote.busy?(), do: {:snooze, 30}, else: Shop.Remote.sync(id)
  end
end
`,
    },
  ],
});

function givesMilliseconds({ module, function: name }: Callee): boolean {
  return (module === ":timer" && /^(seconds|minutes|hours)$/.test(name)) || (module === null && name === "to_timeout");
}

function isMilliseconds(value: Expression | null | undefined): value is Call {
  return value?.kind === "call" && givesMilliseconds(value);
}

function found(place: string, value: Call): Match<Slots> {
  const given = value.arguments.map(written).join(", ");
  return {
    span: value.segment,
    confidence: "certain",
    slots: { place, given: `${value.module ?? ""}${value.module === null ? "" : "."}${value.function}(${given})` },
    evidence: [],
  };
}

/** `schedule_in:` of a job, `{:snooze, …}` of `perform/1`, and what `backoff/1` gives back. */
function timesIn({ body, function: { module, facts } }: Definition, project: Project): Match<Slots>[] {
  const times: Match<Slots>[] = [];
  const isWorker = jobWorkers(project).has(module);
  walk(body, (part) => {
    if (part.kind === "call" && workerMadeBy(part, module, project) !== null) times.push(...optionsOf(part));
    if (isWorker && part.kind === "tuple" && atomOf(part.elements[0]) === "snooze" && isMilliseconds(part.elements[1]))
      times.push(found("The time that a job is put off by (`:snooze`)", part.elements[1]));
  });
  const isBackoff = isWorker && facts.name === "backoff" && facts.arity === 1;
  const waits = isBackoff ? endsOf(body).filter(isMilliseconds) : [];
  return [...times, ...waits.map((wait) => found("The time until a job is tried again (`backoff/1`)", wait))];
}

function optionsOf({ arguments: given }: Call): Match<Slots>[] {
  const last = given.at(-1);
  if (last?.kind !== "keyword") return [];
  const scheduled = last.entries.flatMap(({ key, value }) =>
    key === "schedule_in" && isMilliseconds(value) ? [found("`schedule_in:` of the job", value)] : [],
  );
  return [...scheduled, ...uniqueTime(last)];
}

function uniqueTime(options: Expression | null): Match<Slots>[] {
  const period = uniqueOption(options, "period");
  return isMilliseconds(period) ? [found("`period:` of `unique:`", period)] : [];
}
