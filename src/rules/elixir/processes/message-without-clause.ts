import type { Call, Expression } from "../../../model/expression.js";
import type { Facts, FunctionFacts, ModuleFacts } from "../../../model/facts.js";
import { outlineOfClause } from "../../../model/outline.js";
import type { Project } from "../../../model/project.js";
import type { Span } from "../../../model/span.js";
import { collect } from "../../../model/walk.js";
import { atomOf, optionOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import type { Definition } from "../../shared/definitions.js";
import { mayTake } from "../../shared/message-patterns.js";
import { callAt, processCallsIn, processesByModule, runsElsewhere, type ProcessCall } from "../../shared/process-calls.js";
import { spoken } from "../../shared/written.js";

type Source = "self" | "monitor" | "exit";
type Slots = { server: string; inside: string; message: string; source: Source; handles: "some" | "none" };

export const messageWithoutClause = defineRule<Slots>({
  id: "message-without-clause",
  title: "A server is sent a message that none of its clauses takes",
  trigger: "critical_pattern",
  area: "processes",
  severity: "medium",
  cwe: ["CWE-478"],
  silencedBy: {},
  match(facts, project) {
    const calls = processCallsIn(facts, project).filter(({ call }) => makesMessages.test(call.function));
    return calls.length === 0 ? [] : facts.modules.flatMap((module) => matchesIn(module, facts, calls, project));
  },
  what: ({ server, inside, message, source, handles }) => {
    const taken = handles === "some" ? `no clause of \`${server}.handle_info/2\` takes` : `\`${server}\` has no \`handle_info/2\` for`;
    if (source === "self") return `\`${inside}\` sends \`${message}\` to its own process, and ${taken} it.`;
    if (source === "monitor") return `\`${inside}\` monitors a process, and ${taken} \`{:DOWN, …}\`.`;
    return `\`${inside}\` traps exits and starts linked processes, and ${taken} \`{:EXIT, pid, reason}\`.`;
  },
  why: ({ source, handles }) => {
    if (handles === "none")
      return source === "self"
        ? "The message is logged as unexpected and thrown away: what it was to start never happens."
        : "The message is logged as unexpected and thrown away: the server goes on as if the other process were there.";
    return source === "exit"
      ? "A linked process that ends, even normally, sends that message: the server crashes with a `FunctionClauseError` and loses its state, although it traps exits so as not to."
      : "The server crashes with a `FunctionClauseError` when the message comes, and loses its state.";
  },
  instead: ({ source, message }) => {
    if (source === "self") return `Add a \`handle_info\` clause for \`${message}\`.`;
    if (source === "monitor")
      return "Add `handle_info({:DOWN, ref, :process, pid, reason}, state)`, which forgets what was kept for the process.";
    return "Add `handle_info({:EXIT, pid, reason}, state)`: ignore `:normal`, and stop or start again for what matters.";
  },
  notWhen: [
    "A clause takes every message, or one that cannot be told apart from it.",
    "The function is a public one, which other processes call.",
    "The message comes from a variable, or is made in a task or another process.",
    "The module uses another one that may bring clauses.",
    "A monitor has a tag of its own, is given back with `demonitor`, or is waited for with `receive`.",
    "Exits are trapped and the module starts nothing that is linked: then only its supervisor ends it, which `terminate/2` takes.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Poller do
  use GenServer

  def init(shop) do
    Process.send_after(self(), :poll, 1_000)
    {:ok, shop}
  end

  def handle_info(:refresh, shop), do: {:noreply, Shop.Stock.refresh(shop)}
end
`,
      at: "Process.send_after(self(), :poll, 1_000)",
      good: `defmodule Shop.Poller do
  use GenServer

  def init(shop) do
    Process.send_after(self(), :refresh, 1_000)
    {:ok, shop}
  end

  def handle_info(:refresh, shop), do: {:noreply, Shop.Stock.refresh(shop)}
end
`,
    },
    {
      bad: `defmodule Shop.Runner do
  use GenServer

  def init(shop) do
    Process.flag(:trap_exit, true)
    {:ok, shop}
  end

  def handle_cast(:import, shop) do
    spawn_link(fn -> Shop.Import.run(shop) end)
    {:noreply, shop}
  end

  def handle_info(:stop, shop), do: {:stop, :normal, shop}
end
`,
      at: "Process.flag(:trap_exit, true)",
      good: `defmodule Shop.Runner do
  use GenServer

  def init(shop) do
    Process.flag(:trap_exit, true)
    {:ok, shop}
  end

  def handle_cast(:import, shop) do
    spawn_link(fn -> Shop.Import.run(shop) end)
    {:noreply, shop}
  end

  def handle_info({:EXIT, _pid, _reason}, shop), do: {:noreply, shop}
  def handle_info(:stop, shop), do: {:stop, :normal, shop}
end
`,
    },
  ],
});

const makesMessages = /^(send|send_after|send_interval|monitor|flag)$/;

function matchesIn(module: ModuleFacts, facts: Facts, calls: readonly ProcessCall[], project: Project): Match<Slots>[] {
  const own = calls.filter(({ definition }) => definition.function.module === module.name && runsInServer(definition));
  if (own.length === 0 || processesByModule(project).get(module.name)?.behaviour !== "GenServer" || mayBringClauses(module)) return [];
  const taking = module.functions.find(({ name, arity }) => name === "handle_info" && arity === 2) ?? null;
  return own.flatMap((found) => {
    const sent = runsElsewhere(found.definition, found.call.span) ? null : messageOf(found, module);
    if (sent === null || takes(taking, sent.message)) return [];
    const slots: Slots = {
      server: spoken(module.name),
      inside: spoken(found.definition.id),
      message: sent.words,
      source: sent.source,
      handles: taking === null ? "none" : "some",
    };
    const evidence = taking === null ? [] : [{ at: { path: facts.path, span: taking.nameSpan }, note: "the clauses there are" }];
    return [{ span: sent.span, confidence: "likely", slots, evidence }];
  });
}

/** A callback, or a private function: public ones are called by other processes. */
function runsInServer({ function: { facts } }: Definition): boolean {
  return facts.visibility === "private" || /^(init|handle_\w+|terminate)$/.test(facts.name);
}

/** `use` of anything but the behaviour itself may add clauses. */
function mayBringClauses({ uses }: ModuleFacts): boolean {
  return uses.some(({ module }) => module !== "GenServer" && module !== "Bitwise");
}

interface Sent {
  readonly message: Expression;
  readonly words: string;
  readonly source: Source;
  readonly span: Span;
}

function messageOf(found: ProcessCall, module: ModuleFacts): Sent | null {
  const { call } = found;
  const written = callAt(found);
  if (written === null) return null;
  if (call.function === "monitor") return monitored(written, module);
  if (call.function === "flag") return trapped(written, module);
  const message = sentToItself(written);
  const words = message === null ? null : wordsOf(message);
  return message === null || words === null ? null : { message, words, source: "self", span: written.segment };
}

/** `send(self(), message)`, `Process.send_after(self(), message, 1_000)`, `:timer.send_interval(1_000, message)`. */
function sentToItself({ function: name, arguments: given }: Call): Expression | null {
  const [first, second, third] = given;
  if (name === "send_interval") return given.length === 2 ? (second ?? null) : isSelf(second) ? (third ?? null) : null;
  return isSelf(first) ? (second ?? null) : null;
}

function isSelf(receiver: Expression | undefined): boolean {
  return receiver?.kind === "call" && receiver.function === "self" && receiver.arguments.length === 0;
}

/** An atom, or a tuple with a tag. */
function wordsOf(message: Expression): string | null {
  const atom = atomOf(message);
  if (atom !== null) return `:${atom}`;
  const tag = message.kind === "tuple" ? atomOf(message.elements[0]) : null;
  return tag === null ? null : `{:${tag}, …}`;
}

function callsOf(module: ModuleFacts): ReturnType<typeof outlineOfClause>["calls"] {
  return module.functions.flatMap(({ clauses }) => clauses.flatMap((clause) => outlineOfClause(clause).calls));
}

function monitored(written: Call, module: ModuleFacts): Sent | null {
  if (
    written.module !== "Process" ||
    optionOf(written, "tag") !== null ||
    callsOf(module).some(({ function: name }) => name === "demonitor")
  )
    return null;
  const waits = module.functions.some(({ clauses }) =>
    clauses.some(({ body }) => body !== null && collect(body, "branch").some(({ form }) => form === "receive")),
  );
  return waits ? null : { message: tupleOf(written.segment, "DOWN", 5), words: "{:DOWN, …}", source: "monitor", span: written.segment };
}

const linking = /^(spawn_link|start_link|async|link|open)$/;

function trapped(written: Call, module: ModuleFacts): Sent | null {
  const [flag, value] = written.arguments;
  if (atomOf(flag) !== "trap_exit" || value?.kind !== "literal" || value.value !== "true") return null;
  const links = module.functions.some(
    ({ name, clauses }) =>
      !/^(start|start_link|child_spec)$/.test(name) &&
      clauses.some((clause) =>
        outlineOfClause(clause).calls.some((call) => linking.test(call.function) && isLinking(call.module, call.function)),
      ),
  );
  return links ? { message: tupleOf(written.segment, "EXIT", 3), words: "{:EXIT, …}", source: "exit", span: written.segment } : null;
}

/** Started with a link to the process that runs the code. */
function isLinking(module: string | null, name: string): boolean {
  if (name === "spawn_link") return true;
  if (name === "async") return module === "Task";
  if (name === "open") return module === "Port";
  if (name === "link") return module === "Process";
  return module !== null && !/Supervisor$/.test(module);
}

function tupleOf(span: Span, tag: string, size: number): Expression {
  const rest = Array.from({ length: size - 1 }, (): Expression => ({ kind: "variable", name: "any", pinned: false, span }));
  return { kind: "tuple", elements: [{ kind: "literal", type: "atom", value: tag, span }, ...rest], span };
}

function takes(taking: FunctionFacts | null, message: Expression): boolean {
  return taking?.clauses.some(({ parameters: [pattern] }) => mayTake(pattern, message)) ?? false;
}
