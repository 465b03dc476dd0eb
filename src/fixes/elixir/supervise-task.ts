import type { FileChange } from "../../model/patch.js";
import type { Project } from "../../model/project.js";
import { collect } from "../../model/walk.js";
import { moduleNameOf, optionOf } from "../../project/values.js";
import { perProject } from "../../rules/shared/per-project.js";
import type { FixInput, ProposeChange } from "../define.js";
import { editOf } from "../edit.js";
import { callAt } from "../find-code.js";
import { withChild } from "./supervisor-child.js";

/** A task nobody waits for runs under the project's `Task.Supervisor`, which gets its place in the tree where there is none yet. */
export const superviseTask: ProposeChange = (finding, input) => {
  const { project, textOf } = input.analysis;
  const text = textOf(finding.place.path);
  const found = callAt(project, finding.place.path, finding.location.span);
  if (text === null || found === null || found.call.piped) return null;
  const { call } = found;
  const title = "Start the task under the project's supervisor, without a reply";
  if (call.module === "Task.Supervisor" && /^async(_nolink)?$/.test(call.function))
    return editOf(finding, input, title, [{ span: call.nameSpan, text: "Task.Supervisor.start_child" }]);
  const work = call.arguments.at(-1);
  const isTask = call.module === "Task" && /^(start|async)$/.test(call.function);
  const isSpawn = call.function === "spawn" && (call.module === null || call.module === ":erlang");
  if ((!isTask && !isSpawn) || call.arguments.length !== 1 || (work?.kind !== "lambda" && work?.kind !== "capture")) return null;
  const supervisor = supervisorFor(input);
  if (supervisor === null) return null;
  const start = `Task.Supervisor.start_child(${supervisor.name}, `;
  const change = editOf(finding, input, title, [{ span: { start: call.span.start, end: work.span.start }, text: start }]);
  if (change === null || supervisor.added === null) return change;
  return supervisor.added.path === change.path ? null : { ...change, further: [supervisor.added] };
};

interface SupervisorOfTasks {
  readonly name: string;
  /** The application's file with the new child; null when the child is there. */
  readonly added: FileChange | null;
}

/** The one the project has; else one beside its other children. Null where several could be meant. */
function supervisorFor({ analysis: { project, textOf } }: FixInput): SupervisorOfTasks | null {
  const [known, ...others] = taskSupervisors(project);
  if (known !== undefined) return others.length === 0 ? { name: known, added: null } : null;
  const application = [...project.modules.values()].filter(({ role, path }) => role === "application" && path.includes("lib/"));
  const [only, ...more] = application;
  if (only === undefined || more.length > 0) return null;
  const name = `${only.name.split(".")[0] ?? only.name}.TaskSupervisor`;
  const added = withChild(only, `{Task.Supervisor, name: ${name}}`, textOf);
  return added && { name, added };
}

/** Names under which the project starts task supervisors: `{Task.Supervisor, name: Shop.TaskSupervisor}`. */
const taskSupervisors = perProject((project: Project): readonly string[] => {
  const names = new Set<string>();
  for (const { facts, role } of project.modules.values()) {
    if (role !== "application" && role !== "supervisor") continue;
    for (const { body } of facts.functions.flatMap(({ clauses }) => clauses)) {
      if (body === null) continue;
      for (const { elements } of collect(body, "tuple")) {
        const name =
          elements[0]?.kind === "module" && elements[0].name === "Task.Supervisor" ? moduleNameOf(optionOf(elements[1], "name")) : null;
        if (name !== null) names.add(name);
      }
    }
  }
  return [...names];
});
