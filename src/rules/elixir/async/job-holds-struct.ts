import type { Expression } from "../../../model/expression.js";
import type { Facts } from "../../../model/facts.js";
import type { Project } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import { repositoryCall } from "../../../project/repository-call.js";
import { atomOf, stringOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import { resolved } from "../../shared/bound-values.js";
import type { Callee } from "../../shared/definition-index.js";
import type { Definition } from "../../shared/definitions.js";
import { jobWorkers, workerMadeBy, writtenArguments } from "../../shared/job-workers.js";
import { definitionsCalling, selectedIn } from "../../shared/selections.js";
import { spoken } from "../../shared/written.js";

type Held = "struct" | "tuple" | "process" | "function";
type Slots = { inside: string; worker: string; key: string; held: Held };

const making = definitionsCalling(makes);

export const jobHoldsStruct = defineRule<Slots>({
  id: "job-holds-struct",
  title: "A job is given what JSON cannot hold",
  trigger: "critical_pattern",
  area: "async",
  severity: "high",
  cwe: ["CWE-502"],
  silencedBy: {},
  where: making,
  match(facts: Facts, project) {
    if (jobWorkers(project).size === 0) return [];
    return selectedIn(making, facts, project).flatMap((definition) => matchesIn(definition, project));
  },
  what: ({ inside, worker, key, held }) => `\`${inside}\` gives a job of \`${worker}\` a ${held} as \`${key}\`.`,
  why: ({ held }) =>
    held === "struct"
      ? "Arguments are stored as JSON: inserting it raises, or, where the schema has an encoder, the job gets a bare map of strings with the row as it was when the job was made, and all its fields lie in the jobs table."
      : "Arguments are stored as JSON, which has no such thing: inserting the job raises.",
  instead: ({ held, key }) =>
    held === "struct"
      ? `Give the id (\`${key}_id: ${key}.id\`) and load the row in \`perform/1\`: it is then as it is now.`
      : "Give what can be written as text, numbers, lists and maps, and make the rest of it in `perform/1`.",
  notWhen: [
    "A field of the struct is given (`user.id`).",
    "It cannot be told what the value is: a parameter without a pattern, the result of another function.",
    "It is a date, a time or a decimal, which become text.",
  ],
  examples: [
    {
      bad: `defmodule Shop.ReceiptWorker do
  use Oban.Worker, queue: :mail

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"order" => order}}), do: Shop.Receipts.send(order)
end

defmodule Shop.Orders do
  alias Shop.{Order, Repo}

  def confirm(id) do
    order = Repo.get!(Order, id)
    %{order: order} |> Shop.ReceiptWorker.new() |> Oban.insert()
  end
end
`,
      at: "order: order",
      good: `defmodule Shop.ReceiptWorker do
  use Oban.Worker, queue: :mail

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"order_id" => id}}), do: Shop.Receipts.send(id)
end

defmodule Shop.Orders do
  alias Shop.{Order, Repo}

  def confirm(id) do
    order = Repo.get!(Order, id)
    %{order_id: order.id} |> Shop.ReceiptWorker.new() |> Oban.insert()
  end
end
`,
    },
  ],
});

function makes({ function: name }: Callee): boolean {
  return name === "new";
}

function matchesIn(definition: Definition, project: Project): Match<Slots>[] {
  return collect(definition.body, "call").flatMap((call) => {
    const worker = workerMadeBy(call, definition.function.module, project);
    const given = worker === null ? null : writtenArguments(call);
    if (worker === null || given === null) return [];
    return given.entries.flatMap(({ key, value }): Match<Slots>[] => {
      const held = heldBy(value, definition, project);
      const name = atomOf(key) ?? stringOf(key);
      if (held === null || name === null) return [];
      const slots = { inside: spoken(definition.id), worker: spoken(worker.module.name), key: name, held };
      return [{ span: { start: key.span.start, end: value.span.end }, confidence: "likely", slots, evidence: [] }];
    });
  });
}

const plain = /^(Date|Time|DateTime|NaiveDateTime|Decimal|URI)$/;

function heldBy(value: Expression, definition: Definition, project: Project): Held | null {
  const source = resolved(value, definition.body);
  if (source.kind === "tuple") return "tuple";
  if (source.kind === "lambda" || source.kind === "capture") return "function";
  if (source.kind === "map") return source.struct !== null && !plain.test(source.struct) ? "struct" : null;
  if (source.kind === "call")
    return source.function === "self" && source.module === null ? "process" : isRow(source, project) ? "struct" : null;
  return source.kind === "variable" && isStructParameter(source.name, definition) ? "struct" : null;
}

/** One row of a repository. */
function isRow(call: Extract<Expression, { kind: "call" }>, project: Project): boolean {
  const used = repositoryCall(project, call);
  return used !== null && /^(get|get!|get_by|get_by!|one|one!|insert!|update!|preload)$/.test(used.name) && call.arguments.length > 0;
}

/** `%User{} = user` among the parameters. */
function isStructParameter(name: string, { clause }: Definition): boolean {
  return clause.parameters.some((parameter) =>
    collect(parameter, "match").some(({ pattern, value }) => {
      const sides = [pattern, value];
      return (
        sides.some((side) => side.kind === "variable" && side.name === name) &&
        sides.some((side) => side.kind === "map" && side.struct !== null && !plain.test(side.struct))
      );
    }),
  );
}
