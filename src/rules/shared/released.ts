import { collect } from "../../model/walk.js";
import { perProject } from "./per-project.js";

/** Whether the project is shipped as a release, as far as its files tell: what is read while it is built is then never read again. */
export const isReleased = perProject((project) => {
  if (project.dependencies.has("distillery")) return true;
  for (const [path, facts] of project.files) {
    if (/(^|\/)config\/releases\.exs$/.test(path)) return true;
    if (/(^|\/)lib\/.*\/release(_tasks)?\.ex$/.test(path)) return true;
    if (!/(^|\/)mix\.exs$/.test(path)) continue;
    const functions = facts.modules.flatMap((module) => module.functions);
    const named = functions.some(
      ({ name, clauses }) =>
        name === "project" &&
        clauses.some(
          ({ body }) => body !== null && collect(body, "keyword").some((keyword) => keyword.entries.some(({ key }) => key === "releases")),
        ),
    );
    if (named) return true;
  }
  return false;
});
