import type { Project } from "../../../model/project.js";

/** The folder of the `mix.exs` that a file is built by; applications of one umbrella are built together. */
export function buildOf(project: Project): (path: string) => string {
  const builds = [...project.files.keys()].flatMap((path) => (/(^|\/)mix\.exs$/.test(path) ? [path.slice(0, -"mix.exs".length)] : []));
  const known = new Set(builds);
  const together = (build: string): string => {
    const umbrella = /^(.*?)apps\/[^/]+\/$/.exec(build)?.[1];
    return umbrella !== undefined && known.has(umbrella) ? umbrella : build;
  };
  const nearestFirst = builds.sort((one, other) => other.length - one.length);
  return (path) => together(nearestFirst.find((build) => path.startsWith(build)) ?? "");
}
