import type { Call } from "../../model/expression.js";
import type { Facts } from "../../model/facts.js";
import { outlineOfClause, type OutlinedCall } from "../../model/outline.js";
import type { Process, Project } from "../../model/project.js";
import { contains } from "../../model/span.js";
import { collect } from "../../model/walk.js";
import { servingDefinitionsCalling, type Callee } from "./calling.js";
import type { Definition } from "./definitions.js";
import { perProject } from "./per-project.js";

/** A call that starts, asks, times, connects or stops something that lives on its own, and the clause it stands in. */
export interface ProcessCall {
  readonly definition: Definition;
  readonly call: OutlinedCall;
}

const modules = new Set<string | null>([
  ...["GenServer", ":gen_server", ":gen_statem", "GenStage", "Agent", "Task", "Task.Supervisor", "Process"],
  ...[":timer", ":erlang", ":gen_tcp", ":ssl", ":httpc"],
]);
const alone = new Set(["spawn", "spawn_link", "send"]);
const starting = new Set(["start", "start_link"]);

/** The calls about processes in the serving code of a file, read once for all rules that ask. */
export function processCallsIn(facts: Facts, project: Project): readonly ProcessCall[] {
  const known = callsByPath(project);
  const earlier = known.get(facts.path);
  if (earlier !== undefined) return earlier;
  const calls = servingDefinitionsCalling(facts, project, isAboutProcesses).flatMap((definition) =>
    outlineOfClause(definition.clause).calls.flatMap((call) =>
      call.kind === "call" && isAboutProcesses(call) ? [{ definition, call }] : [],
    ),
  );
  known.set(facts.path, calls);
  return calls;
}

const callsByPath = perProject(() => new Map<string, readonly ProcessCall[]>());

function isAboutProcesses({ module, function: name }: Callee): boolean {
  return module === null ? alone.has(name) : modules.has(module) || starting.has(name);
}

/** The call itself, read from the clause's body; null for one in a parameter. */
export function callAt({ definition, call }: ProcessCall): Call | null {
  return (
    collect(definition.body, "call").find(
      ({ segment, function: name }) => segment.start === call.span.start && segment.end === call.span.end && name === call.function,
    ) ?? null
  );
}

/** The process modules of a project by name. */
export const processesByModule = perProject((project): ReadonlyMap<string, Process> => {
  return new Map(project.processes.map((process) => [process.module, process]));
});

const taking = /^(Task|Task\.Supervisor)$/;

/** Whether the code at a place runs in a task or another process than the clause around it. */
export function runsElsewhere({ clause }: Pick<Definition, "clause">, at: { readonly start: number; readonly end: number }): boolean {
  return outlineOfClause(clause).calls.some(
    ({ module, function: name, details }) =>
      (taking.test(module ?? "") || /^(spawn\w*|start_async|assign_async)$/.test(name)) &&
      (details?.delayed.some((span) => contains(span, at)) ?? false),
  );
}
