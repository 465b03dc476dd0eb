import type { Call, Expression, Keyword, Variable } from "../../../model/expression.js";
import { outlineOfClause } from "../../../model/outline.js";
import type { Project } from "../../../model/project.js";
import type { Span } from "../../../model/span.js";
import { collect } from "../../../model/walk.js";
import { atomOf, optionOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import type { Definition } from "../../shared/definitions.js";
import { among, definitionsNamed, selectedIn } from "../../shared/selections.js";
import { spoken } from "../../shared/written.js";

type Slots = { callback: string; list: string };

const handling = among(
  definitionsNamed((name) => name === "handle_info"),
  isHandling,
);

export const listGrowsInAssigns = defineRule<Slots>({
  id: "list-grows-in-assigns",
  title: "A LiveView keeps every message it was ever sent",
  trigger: "resource_leak",
  area: "web",
  severity: "low",
  cwe: ["CWE-770"],
  silencedBy: {},
  where: handling,
  match(facts, project) {
    return selectedIn(handling, facts, project).flatMap((definition) => matchesIn(definition, project));
  },
  what: ({ callback, list }) => `\`${callback}\` puts each message it is sent into the list \`@${list}\`, and nothing takes any out.`,
  why: () =>
    "The list is held in memory for every connected user for as long as the page is open, and is compared and sent again as a whole with each message.",
  instead: ({ list }) =>
    `Make it a stream: \`stream(socket, :${list}, …)\` in \`mount\` and \`stream_insert/4\` with a \`:limit\` here; the server then keeps none of it. Where the list itself is needed, cut it with \`Enum.take/2\`.`,
  notWhen: [
    "The list is cut (`Enum.take`, `Enum.slice`, a limit) or filtered where it grows.",
    "The module also takes elements out of it, or empties it.",
    "It grows by what the user does (`handle_event`), not by what others send.",
    "The assign is temporary.",
  ],
  examples: [
    {
      bad: `defmodule ShopWeb.ChatLive do
  use Phoenix.LiveView

  def handle_info({:message, message}, socket) do
    {:noreply, assign(socket, :messages, socket.assigns.messages ++ [message])}
  end
end
`,
      at: "assign(socket, :messages, socket.assigns.messages ++ [message])",
      good: `defmodule ShopWeb.ChatLive do
  use Phoenix.LiveView

  def handle_info({:message, message}, socket) do
    {:noreply, assign(socket, :messages, Enum.take([message | socket.assigns.messages], 50))}
  end
end
`,
    },
    {
      bad: `defmodule ShopWeb.ChatLive do
  use Phoenix.LiveView

  def handle_info({:message, message}, socket) do
    {:noreply, update(socket, :messages, fn messages -> [message | messages] end)}
  end
end
`,
      at: "update(socket, :messages, fn messages -> [message | messages] end)",
      good: `defmodule ShopWeb.ChatLive do
  use Phoenix.LiveView

  def handle_info({:message, message}, socket) do
    {:noreply, update(socket, :messages, fn messages -> [message | messages] end)}
  end

  def handle_info({:deleted, id}, socket) do
    {:noreply, update(socket, :messages, fn messages -> Enum.reject(messages, &(&1.id == id)) end)}
  end
end
`,
    },
  ],
});

function isHandling({ function: { module, facts }, clause }: Definition, project: Project): boolean {
  const role = project.modules.get(module)?.role;
  if (facts.name !== "handle_info" || facts.arity !== 2 || role !== "live_view") return false;
  return outlineOfClause(clause).calls.some((call) => call.function === "assign" || call.function === "update");
}

function matchesIn(definition: Definition, project: Project): Match<Slots>[] {
  const grown = collect(definition.body, "call").flatMap((call): { readonly name: string; readonly span: Span }[] => {
    const name = atomOf(call.arguments[1]);
    const value = call.arguments[2];
    const plain = call.module === null || call.module === "Phoenix.Component" || call.module === "Phoenix.LiveView";
    if (!plain || name === null || value === undefined) return [];
    const grows = call.function === "assign" ? prepends(value, name) : call.function === "update" && growsIn(value);
    return grows ? [{ name, span: call.segment }] : [];
  });
  return grown
    .filter(({ name }) => !shrinks(name, definition, project))
    .slice(0, 1)
    .map(({ name, span }) => ({ span, confidence: "likely", slots: { callback: spoken(definition.id), list: name }, evidence: [] }));
}

/** `socket.assigns.name ++ [x]`, `[x | socket.assigns.name]`. */
function prepends(value: Expression, name: string): boolean {
  return grownBy(value, (part) => part.kind === "access" && part.field === name);
}

/** `fn list -> [x | list] end`, `&(&1 ++ [x])`. */
function growsIn(value: Expression): boolean {
  if (value.kind !== "lambda") return false;
  const [clause, ...others] = value.clauses;
  const held = clause?.patterns[0];
  if (clause === undefined || others.length > 0 || held?.kind !== "variable") return false;
  return grownBy(clause.body, (part) => isSame(part, held));
}

function isSame(part: Expression, held: Variable): boolean {
  return part.kind === "variable" && part.name === held.name;
}

function grownBy(value: Expression, isList: (part: Expression) => boolean): boolean {
  if (value.kind === "list") return value.tail !== null && isList(value.tail) && value.elements.length > 0;
  if (value.kind !== "operator" || value.operator !== "++") return false;
  const [one, other] = value.operands;
  const isOne = (part: Expression | undefined): boolean => part?.kind === "list" && part.tail === null && part.elements.length > 0;
  return (one !== undefined && isList(one) && isOne(other)) || (other !== undefined && isList(other) && isOne(one));
}

/** Somewhere in the module the list is set otherwise than by growing, after it was first set in `mount`; or it is temporary. */
function shrinks(name: string, { function: { module } }: Definition, project: Project): boolean {
  const functions = project.modules.get(module)?.facts.functions ?? [];
  return functions.some((entry) =>
    entry.clauses.some((clause) => {
      if (clause.body === null || !outlineOfClause(clause).hasBody) return false;
      if (entry.name === "mount") return collect(clause.body, "keyword").some((options) => isTemporary(options, name));
      return collect(clause.body, "call").some((call) => setsOtherwise(call, name));
    }),
  );
}

function isTemporary(options: Keyword, name: string): boolean {
  const temporary = optionOf(options, "temporary_assigns");
  return temporary?.kind === "keyword" && temporary.entries.some(({ key }) => key === name);
}

function setsOtherwise(call: Call, name: string): boolean {
  const value = call.arguments[2];
  if (!/^(assign|assign_new|update|stream\w*)$/.test(call.function)) return false;
  if (atomOf(call.arguments[1]) === name && value !== undefined)
    return !(call.function === "update" ? growsIn(value) : prepends(value, name));
  const given = call.arguments.at(-1);
  return (
    (given?.kind === "keyword" && given.entries.some(({ key }) => key === name)) ||
    (given?.kind === "map" && given.entries.some(({ key }) => atomOf(key) === name))
  );
}
