import type { Expression } from "../../model/expression.js";
import { outlineOfClause } from "../../model/outline.js";
import type { Project } from "../../model/project.js";
import { collect } from "../../model/walk.js";
import { atomOf, moduleNameOf, optionOf } from "../../project/values.js";
import { perProject } from "./per-project.js";

/** Modules that take a server's place in tests. */
const standIn = /(Mock|Fake|Stub|Dummy|Test)(\.|$)/;

/** The one process that a fixed name (`MyApp.Cache`, `:cache`) stands for → the module that runs in it. Names given to several modules are left out. */
export const serverByName = perProject((project): ReadonlyMap<string, string> => {
  const names = new Map<string, string | null>();
  const give = (name: string, module: string): void => {
    const earlier = names.get(name);
    names.set(name, earlier !== undefined && earlier !== module ? null : module);
  };
  for (const { module } of project.processes) {
    const entry = project.modules.get(module);
    if (entry === undefined || standIn.test(module)) continue;
    const clauses = entry.facts.functions
      .filter(({ name }) => /^(start_link|start|child_spec)$/.test(name))
      .flatMap(({ clauses: written }) => written);
    for (const clause of clauses) {
      if (clause.body === null || !outlineOfClause(clause).calls.some(({ function: name }) => /^start(_link)?$/.test(name))) continue;
      for (const name of namesIn(clause.body)) give(name, module);
    }
  }
  return new Map([...names].flatMap(([name, module]) => (module === null ? [] : [[name, module] as const])));
});

/** `name: __MODULE__`, `name: :cache`, `{:local, :cache}` and what `Keyword.get(options, :name, __MODULE__)` falls back to are no fixed name but the first three. */
function namesIn(body: Expression): string[] {
  return collect(body, "keyword").flatMap((keyword) => {
    const name = nameOf(optionOf(keyword, "name"));
    return name === null ? [] : [name];
  });
}

/** The fixed name a process is called by: a module or an atom. */
export function nameOf(expression: Expression | null | undefined): string | null {
  const atom = atomOf(expression);
  return moduleNameOf(expression) ?? (atom === null ? null : `:${atom}`);
}

/** The module of this project behind a fixed name; null when nothing, or more than one, is started under it. */
export function serverNamed(name: Expression | null | undefined, project: Project): string | null {
  const fixed = nameOf(name);
  return fixed === null ? null : (serverByName(project).get(fixed) ?? null);
}
