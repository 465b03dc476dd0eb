import type { Project } from "../../model/project.js";
import { underscore } from "../../project/underscore.js";

/** `["my_app", "repo", "query"]` with the repository module it belongs to. */
export type QueryEvent = readonly string[] & { readonly repository: string };

/** The event Ecto emits for the project's repository: its configured `telemetry_prefix`, else its module name. Null without a repository, or where there are several. */
export function queryEvent(project: Project): QueryEvent | null {
  const written = [...project.repositoryModules].filter((name) => project.modules.has(name));
  const [repository, ...others] = written.length > 0 ? written : [...project.repositoryModules];
  if (repository === undefined || others.length > 0) return null;
  const prefix = configuredPrefix(project, repository) ?? repository.split(".").map(underscore);
  return Object.assign([...prefix, "query"], { repository });
}

function configuredPrefix(project: Project, repository: string): string[] | null {
  for (const entry of project.configuration) {
    if (entry.key !== repository || entry.value.kind !== "keyword") continue;
    const value = entry.value.entries.find(({ key }) => key === "telemetry_prefix")?.value;
    if (value?.kind === "list") return value.elements.flatMap((element) => (element.kind === "literal" ? [element.value] : []));
  }
  return null;
}
