import type { FunctionId } from "../../model/project.js";
import { perProject } from "./per-project.js";

/** Functions that some test runs: those it calls, those of the module it is named after, and all they lead to. */
export const reachedByTests = perProject((project) => {
  const reached = new Set<FunctionId>();
  const pending: FunctionId[] = project.tests.flatMap((test) => [...test.calls]);
  const named = new Set(project.tests.flatMap((test) => test.modules.map((module) => module.replace(/Test$/, ""))));
  for (const entry of project.functions.values()) if (named.has(entry.module)) pending.push(entry.id);
  for (const facts of project.files.values()) {
    if (!/(^|\/)test\//.test(facts.path)) continue;
    for (const module of facts.modules) {
      pending.push(`${module.name}.__body__/0`, ...module.functions.map((entry) => `${module.name}.${entry.name}/${entry.arity}`));
    }
  }
  for (let current = pending.pop(); current !== undefined; current = pending.pop()) {
    if (reached.has(current)) continue;
    reached.add(current);
    for (const site of project.calls.get(current) ?? []) pending.push(site.callee);
  }
  return reached;
});
