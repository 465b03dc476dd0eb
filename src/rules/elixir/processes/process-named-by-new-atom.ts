import type { Call, Expression } from "../../../model/expression.js";
import type { Facts } from "../../../model/facts.js";
import type { Project } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import { findFunction } from "../../../project/find-function.js";
import { optionOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import { resolved } from "../../shared/bound-values.js";
import type { Callee } from "../../shared/definition-index.js";
import type { Definition } from "../../shared/definitions.js";
import { definitionsCalling, selectedIn } from "../../shared/selections.js";
import { spoken, written } from "../../shared/written.js";

type Slots = { inside: string; call: string; part: string };

const starting = definitionsCalling(startsProcess);

export const processNamedByNewAtom = defineRule<Slots>({
  id: "process-named-by-new-atom",
  title: "Processes are named by atoms made for each of them",
  trigger: "critical_pattern",
  area: "processes",
  severity: "medium",
  cwe: ["CWE-400"],
  silencedBy: { credo: ["Credo.Check.Warning.UnsafeToAtom"] },
  where: starting,
  match(facts: Facts, project) {
    return selectedIn(starting, facts, project).flatMap((definition) =>
      collect(definition.body, "call").flatMap((call) => (startsProcess(call) ? matchOf(call, definition, project) : [])),
    );
  },
  what: ({ inside, call, part }) => `\`${inside}\` starts a process with \`${call}\` under an atom made from \`${part}\`.`,
  why: ({ part }) =>
    `Atoms are never given back, so each new \`${part}\` costs one for good, long after its process has ended: at 1,048,576 atoms the node stops with everything on it.`,
  instead: ({ part }) => `Name it \`{:via, Registry, {MyApp.Registry, ${part}}}\`: the key may be any term and goes with the process.`,
  notWhen: [
    "The name is an atom that is written, or one of a few (an index, a node, a partition, a stack).",
    "`String.to_existing_atom/1` is used.",
    "What the name is made from is no identity of something that people make (a user, a room, a session).",
  ],
  examples: [
    {
      bad: `defmodule Shop.Cart do
  use GenServer

  def start_link(user_id) do
    GenServer.start_link(__MODULE__, user_id, name: :"cart_#{user_id}")
  end

  def init(user_id), do: {:ok, user_id}
end
`,
      at: ':"cart_#{user_id}"',
      good: `defmodule Shop.Cart do
  use GenServer

  def start_link(user_id) do
    GenServer.start_link(__MODULE__, user_id, name: {:via, Registry, {Shop.Registry, user_id}})
  end

  def init(user_id), do: {:ok, user_id}
end
`,
    },
  ],
});

function startsProcess({ function: name }: Callee): boolean {
  return name === "start_link" || name === "start" || name === "start_child" || name === "child_spec";
}

/** Names of what there are many of, and more each day. */
const growing =
  /(^|_)(user|account|room|session|token|game|match|order|cart|customer|device|player|chat|channel|email|uuid|slug|conversation|document|job|request|team|organi[sz]ation|tenant|project|client|visitor|guest)(_?(id|uuid|key|name|slug|token))?$|^(id|uuid|email|token)$/;

function matchOf(call: Call, definition: Definition, project: Project): Match<Slots>[] {
  const name = nameIn(call);
  const made = name === null ? null : madeFrom(name, definition, project);
  if (made === null) return [];
  const slots = {
    inside: spoken(definition.id),
    call: spoken(`${call.module === null ? "" : `${call.module}.`}${call.function}`),
    part: made.part,
  };
  return [{ span: made.at.span, confidence: "likely", slots, evidence: [] }];
}

function nameIn({ arguments: given }: Call): Expression | null {
  for (const argument of given) {
    const option = optionOf(argument, "name") ?? (argument.kind === "tuple" ? optionOf(argument.elements[1], "name") : null);
    if (option !== null) return option;
  }
  return null;
}

interface Made {
  readonly part: string;
  readonly at: Expression;
}

/** The identity an atom is made from, here or in a function of the module that works the name out. */
function madeFrom(name: Expression, definition: Definition, project: Project): Made | null {
  const value = resolved(name, definition.body);
  const direct = partOf(value);
  if (direct !== null || value.kind !== "call" || value.subject !== null) return direct;
  const maker = findFunction(project, value.module ?? definition.function.module, value.function, value.arguments.length);
  const bodies = maker?.facts.clauses.flatMap(({ body }) => body ?? []) ?? [];
  const made = bodies.map((body) => partOf(body.kind === "block" ? (body.expressions.at(-1) ?? body) : body)).find((part) => part !== null);
  return made === undefined || made === null ? null : { part: made.part, at: name };
}

/** `:"cart_#{user_id}"`, `String.to_atom("cart_#{user_id}")`. */
function partOf(value: Expression): Made | null {
  const isMaking = value.kind === "call" && value.function === "to_atom" && (value.module === "String" || value.module === null);
  const source = isMaking ? value.arguments[0] : value.kind === "interpolation" && value.type === "atom" ? value : undefined;
  if (source === undefined) return null;
  const inner = [...collect(source, "variable"), ...collect(source, "access")].map((part) => written(part));
  const part = inner.find((text) => growing.test(text.replace(/^.*\./, "").replace(/\(…\)$/, "")));
  return part === undefined ? null : { part, at: value };
}
