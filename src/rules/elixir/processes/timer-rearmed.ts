import type { Facts, FunctionFacts } from "../../../model/facts.js";
import type { Expression } from "../../../model/expression.js";
import type { FunctionId, Project, ProjectModule } from "../../../model/project.js";
import { outlineOfClause } from "../../../model/outline.js";
import { contains, type Span } from "../../../model/span.js";
import { collect } from "../../../model/walk.js";
import { callersOf } from "../../../project/callers-of.js";
import { atomOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import { discardedCalls } from "../../shared/discarded.js";
import { callAt, processCallsIn, processesByModule, type ProcessCall } from "../../shared/process-calls.js";
import { spoken } from "../../shared/written.js";

type Slots = { message: string; inside: string; start: string };

export const timerRearmed = defineRule<Slots>({
  id: "timer-rearmed",
  title: "Every event adds another timer that never stops",
  trigger: "resource_leak",
  area: "processes",
  severity: "medium",
  cwe: ["CWE-400"],
  silencedBy: {},
  match(facts: Facts, project) {
    const armed = processCallsIn(facts, project).filter(({ call }) => call.function === "send_after" || call.function === "send");
    return armed.length < 2 ? [] : armed.flatMap((found) => matchOf(found, armed, project));
  },
  what: ({ message, inside }) =>
    `\`${inside}\` sends \`:${message}\` to its own process, and \`handle_info(:${message}, …)\` sends it again each time, beside the timer that runs already.`,
  why: ({ start }) =>
    `\`${start}\` has started the round; each of these messages starts one more, and none of them ends: after a hundred events the work is done a hundred times a period.`,
  instead: ({ message }) =>
    `Use a message of its own for the single run (\`{:${message}, :once}\`) that does not arm the timer again, or keep the timer's reference in the state and \`Process.cancel_timer/1\` it first.`,
  notWhen: [
    "The module cancels timers, or keeps the reference of this one.",
    "The message is armed again only under a condition or after a failure (a retry), or only in the callback that starts the process.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Poller do
  use GenServer

  def init(shop) do
    Process.send_after(self(), :poll, 60_000)
    {:ok, shop}
  end

  def handle_cast(:changed, shop) do
    Process.send_after(self(), :poll, 1_000)
    {:noreply, shop}
  end

  def handle_info(:poll, shop) do
    Shop.Stock.refresh(shop)
    Process.send_after(self(), :poll, 60_000)
    {:noreply, shop}
  end
end
`,
      at: "Process.send_after(self(), :poll, 1_000)",
      good: `defmodule Shop.Poller do
  use GenServer

  def init(shop) do
    Process.send_after(self(), :poll, 60_000)
    {:ok, shop}
  end

  def handle_cast(:changed, shop) do
    Process.send_after(self(), :poll_once, 1_000)
    {:noreply, shop}
  end

  def handle_info(:poll_once, shop) do
    Shop.Stock.refresh(shop)
    {:noreply, shop}
  end

  def handle_info(:poll, shop) do
    Shop.Stock.refresh(shop)
    Process.send_after(self(), :poll, 60_000)
    {:noreply, shop}
  end
end
`,
    },
  ],
});

const starting = /^(init|mount|join|handle_continue|start_link)$/;

function matchOf(found: ProcessCall, armed: readonly ProcessCall[], project: Project): Match<Slots>[] {
  const { definition } = found;
  const name = definition.function.facts.name;
  const module = project.modules.get(definition.function.module);
  if (starting.test(name) || module === undefined || !processesByModule(project).has(module.name) || cancels(module)) return [];
  const message = messageOf(found);
  if (message === null || takesMessage(definition.clause.parameters[0], message) || isRound(found, message, project)) return [];
  const taking = module.facts.functions.find((facts) => facts.name === "handle_info" && facts.arity === 2);
  if (taking === undefined || !rearms(taking, message, armed, module)) return [];
  const starter = armed.find(
    (other) =>
      other.definition.function.module === module.name &&
      starting.test(other.definition.function.facts.name) &&
      messageOf(other) === message,
  );
  const written = callAt(found);
  if (starter === undefined || written === null || !discardedCalls(definition.body).includes(written)) return [];
  return [
    {
      span: written.segment,
      confidence: "likely",
      slots: { message, inside: spoken(definition.id), start: spoken(starter.definition.id) },
      evidence: [{ at: { path: definition.function.path, span: starter.call.span }, note: `${spoken(starter.definition.id)} starts it` }],
    },
  ];
}

function cancels({ facts }: ProjectModule): boolean {
  return facts.functions.some(({ clauses }) =>
    clauses.some((clause) => outlineOfClause(clause).calls.some((call) => call.function === "cancel_timer")),
  );
}

/** The atom sent to the own process; null for other messages and receivers. */
function messageOf(found: ProcessCall): string | null {
  const written = callAt(found);
  const [receiver, message] = written?.arguments ?? [];
  const isSelf = receiver?.kind === "call" && receiver.function === "self" && receiver.arguments.length === 0;
  return isSelf ? atomOf(message) : null;
}

function takesMessage(pattern: Expression | undefined, message: string): boolean {
  return atomOf(pattern) === message;
}

/** The helper in which `handle_info` arms its timer again, or one on the way to it. */
function isRound({ definition: { id, function: entry } }: ProcessCall, message: string, project: Project): boolean {
  const seen = new Set<FunctionId>();
  const leads = (callee: FunctionId): boolean =>
    callersOf(project, callee).some(({ caller, span }) => {
      const found = project.functions.get(caller);
      if (found?.module !== entry.module || seen.has(caller)) return false;
      seen.add(caller);
      const clause = found.facts.clauses.find((candidate) => contains(candidate.span, span));
      return (found.facts.name === "handle_info" && takesMessage(clause?.parameters[0], message)) || leads(caller);
    });
  return leads(id);
}

/** The only clause for the message sends it again, whatever the state holds. */
function rearms(taking: FunctionFacts, message: string, armed: readonly ProcessCall[], module: ProjectModule): boolean {
  const clauses = taking.clauses.filter(({ parameters }) => takesMessage(parameters[0], message));
  const [clause] = clauses;
  if (clause === undefined || clauses.length > 1 || clause.body === null) return false;
  const { body } = clause;
  const again = armed.filter((found) => found.definition.function.module === module.name && messageOf(found) === message);
  return again.some((found) => {
    if (found.definition.clause === clause) return !isConditional(body, found);
    // `schedule_poll()` of the same module.
    const helper = found.definition.function.facts;
    return helper.visibility === "private" && collect(body, "call").some((call) => call.module === null && call.function === helper.name);
  });
}

/** Under `if`, or in an arm that is not the one of success: a retry, which the success of any run ends. */
function isConditional(body: Expression, { call }: ProcessCall): boolean {
  const holds = (span: Span): boolean => contains(span, call.span);
  return collect(body, "branch").some(({ form, span, clauses, steps }) => {
    if (!holds(span)) return false;
    if (form === "if" || form === "unless" || form === "cond") return true;
    const clause = clauses.find((candidate) => holds(candidate.span));
    if (clause === undefined || form === "try") return false;
    const arm =
      form === "with" && clause.role === "do" ? steps.flatMap(({ pattern }) => (pattern === null ? [] : [pattern])) : clause.patterns;
    return !arm.some((pattern) => collect(pattern, "literal").some(({ type, value }) => type === "atom" && value === "ok"));
  });
}
