import { outlineOfBody, outlineOfClause, type Outline } from "../../model/outline.js";
import { perProject } from "./per-project.js";

/** Modules that test files mention in any way: mocks, `perform_job(Worker, …)`, `start_supervised!(Server)`. */
export const namedInTests = perProject((project) => {
  const names = new Set<string>();
  const note = ({ modules }: Outline, calls: Outline["calls"]): void => {
    for (const { name } of modules) names.add(name);
    for (const { module } of calls) if (module !== null) names.add(module);
  };
  for (const facts of project.files.values()) {
    if (!/(^|\/)test\//.test(facts.path)) continue;
    for (const module of facts.modules) {
      for (const alias of module.aliases) names.add(alias.name);
      const body = outlineOfBody(module);
      note(body, body.distinct);
      for (const clause of module.functions.flatMap(({ clauses }) => clauses)) {
        const outline = outlineOfClause(clause);
        note(outline, outline.calls);
      }
    }
  }
  return names;
});
