import type { ModuleRole, Project } from "../model/project.js";

/** What a module is for; null when it is not in the project. */
export function roleOf(project: Project, module: string): ModuleRole | null {
  return project.modules.get(module)?.role ?? null;
}
