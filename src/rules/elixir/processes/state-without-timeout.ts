import type { Facts, FunctionClause, ModuleFacts } from "../../../model/facts.js";
import type { Expression, Tuple } from "../../../model/expression.js";
import type { Project } from "../../../model/project.js";
import { collect } from "../../../model/walk.js";
import { atomOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import { servingDefinitions, type Definition } from "../../shared/definitions.js";
import { processesByModule } from "../../shared/process-calls.js";
import { spoken } from "../../shared/written.js";

type Slots = { state: string; inside: string; limited: string };

export const stateWithoutTimeout = defineRule<Slots>({
  id: "state-without-timeout",
  title: "A state machine waits for its peer without a limit",
  trigger: "critical_pattern",
  area: "processes",
  severity: "medium",
  cwe: ["CWE-400", "CWE-1088"],
  silencedBy: {},
  match(facts: Facts, project) {
    const machines = facts.modules.filter(({ name }) => processesByModule(project).get(name)?.behaviour === "gen_statem");
    return machines.flatMap((module) => matchesIn(module, facts, project));
  },
  what: ({ state, inside }) =>
    `\`${inside}\` enters the state \`:${state}\`, in which only a message of the other side leads on, without a timeout.`,
  why: ({ state, limited }) =>
    `When the other side accepts and then stays silent, the process stays in \`:${state}\` for ever, with its socket and with everybody who waits for it; \`:${limited}\` of the same machine has a limit.`,
  instead: ({ state }) =>
    `Give \`{:state_timeout, milliseconds, :timeout}\` with the transition, and a \`handle_event(:state_timeout, :timeout, :${state}, data)\` that gives up; leaving the state cancels it.`,
  notWhen: [
    "The transition sets a timeout, or the state (or every state) handles one.",
    "No state of the machine has a timeout: limits are then kept elsewhere.",
    "The state is not one of getting connected (by its name), or it does not wait for a message of a socket.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Wire do
  @behaviour :gen_statem

  def init(_), do: {:ok, :waiting, %{}, {:state_timeout, 1_000, :connect}}
  def callback_mode, do: :handle_event_function

  def handle_event(:state_timeout, :connect, :waiting, data) do
    {:next_state, :authentication, data}
  end

  def handle_event(:info, {:tcp, _socket, _bytes}, :authentication, data) do
    {:next_state, :ready, data}
  end
end
`,
      at: "{:next_state, :authentication, data}",
      good: `defmodule Shop.Wire do
  @behaviour :gen_statem

  def init(_), do: {:ok, :waiting, %{}, {:state_timeout, 1_000, :connect}}
  def callback_mode, do: :handle_event_function

  def handle_event(:state_timeout, :connect, :waiting, data) do
    {:next_state, :authentication, data, {:state_timeout, 15_000, :silent}}
  end

  def handle_event(:state_timeout, :silent, :authentication, data) do
    {:stop, :normal, data}
  end

  def handle_event(:info, {:tcp, _socket, _bytes}, :authentication, data) do
    {:next_state, :ready, data}
  end
end
`,
    },
  ],
});

const meeting = /connect|auth|handshake|negotiat|login|startup|hello|greet|exchange|tls|ssl/;
const sockets = /^(tcp|ssl|proto|socket|sock|_?proto\w*)$/;

function matchesIn(module: ModuleFacts, facts: Facts, project: Project): Match<Slots>[] {
  const handlers = module.functions.filter(({ name, arity }) => name === "handle_event" && arity === 4).flatMap(({ clauses }) => clauses);
  const timed = handlers.filter(({ parameters: [type] }) => isTimeout(type));
  const limited = timed.flatMap(({ parameters }) => atomOf(parameters[2]) ?? []);
  const [example] = limited;
  if (example === undefined || timed.some(({ parameters }) => atomOf(parameters[2]) === null)) return [];
  const waiting = new Set(handlers.filter(isFromSocket).flatMap(({ parameters }) => atomOf(parameters[2]) ?? []));
  const asked = (state: string): boolean => meeting.test(state) && waiting.has(state) && !limited.includes(state);
  return servingDefinitions(facts, project)
    .filter((definition) => definition.function.module === module.name)
    .flatMap((definition) =>
      entriesOf(definition)
        .filter(({ state }) => asked(state))
        .map(({ state, span }): Match<Slots> => ({
          span,
          confidence: "likely",
          slots: { state, inside: spoken(definition.id), limited: example },
          evidence: timed
            .slice(0, 1)
            .map((clause) => ({ at: { path: facts.path, span: clause.span }, note: `:${example} has a limit`, comparison: true })),
        })),
    );
}

function isTimeout(type: Expression | undefined): boolean {
  if (type?.kind === "tuple") return atomOf(type.elements[0]) === "timeout";
  return ["state_timeout", "timeout"].includes(atomOf(type) ?? "");
}

/** `:info` with a message of a socket. */
function isFromSocket({ parameters: [type, message] }: FunctionClause): boolean {
  if (atomOf(type) !== "info" || message?.kind !== "tuple") return false;
  const [tag] = message.elements;
  return sockets.test(tag?.kind === "variable" ? tag.name : (atomOf(tag) ?? ""));
}

/** `{:next_state, :state, data}` without actions. */
function entriesOf({ body }: Definition): { state: string; span: Tuple["span"] }[] {
  return collect(body, "tuple").flatMap(({ elements, span }) => {
    const state = atomOf(elements[1]);
    return elements.length === 3 && atomOf(elements[0]) === "next_state" && state !== null ? [{ state, span }] : [];
  });
}
