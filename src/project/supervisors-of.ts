import type { Location, Process, Project } from "../model/project.js";

/** The process a module is (or a name given to a library process); null when it is none. */
export function processOf(project: Project, module: string): Process | null {
  return project.processes.find((process) => process.module === module) ?? null;
}

/** Places that start a module under a supervisor, tests left out; empty when none do or it is no process. */
export function supervisorsOf(project: Project, module: string): readonly Location[] {
  return (processOf(project, module)?.supervisedAt ?? []).filter((place) => !/(^|\/)test\//.test(place.path));
}
