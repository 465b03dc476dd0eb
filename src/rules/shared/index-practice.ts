import type { Project } from "../../model/project.js";
import { historyOf } from "../../project/database/history.js";
import { perProject } from "./per-project.js";

/** How many of the newest indexes are looked at. */
const looked = 20;

/** Whether the team builds indexes concurrently: at least two of the last twenty that its migrations make on tables they don't make themselves. */
export const buildsConcurrently = perProject((project: Project): boolean => {
  const built = historyOf(project.database).flatMap((migration) =>
    migration.steps.flatMap(({ change, before }) =>
      change.kind === "create_index" && before !== null && before.createdAt?.path !== migration.path ? [change.index] : [],
    ),
  );
  return built.slice(-looked).filter((index) => index.concurrently).length >= 2;
});
