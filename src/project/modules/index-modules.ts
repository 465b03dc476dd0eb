import type { Facts } from "../../model/facts.js";
import type { ProjectModule } from "../../model/project.js";
import { injectionOf, type Injection, type LocatedModule } from "./injections.js";
import { roleFrom } from "./role.js";

/** Modules by name, and what `use` brought into each. */
export interface ModuleIndex {
  readonly modules: ReadonlyMap<string, ProjectModule>;
  readonly injections: ReadonlyMap<string, Injection>;
}

/** Names every module once; of two with the same name (a test double, a second application) the one under lib/ stays. */
export function indexModules(files: readonly Facts[]): ModuleIndex {
  const located = new Map<string, LocatedModule>();
  for (const file of files) {
    for (const facts of file.modules) {
      const earlier = located.get(facts.name);
      if (earlier === undefined || (!isSource(earlier.path) && isSource(file.path))) located.set(facts.name, { path: file.path, facts });
    }
  }
  const modules = new Map<string, ProjectModule>();
  const injections = new Map<string, Injection>();
  for (const [name, { path, facts }] of located) {
    const injection = injectionOf(facts, located);
    injections.set(name, injection);
    const role = roleFrom({ name, path, uses: injection.uses, behaviours: new Set(facts.behaviours) });
    modules.set(name, {
      name,
      path,
      facts,
      role,
      uses: injection.uses,
      imports: new Set(injection.imports.map((reference) => reference.module)),
    });
  }
  return { modules, injections };
}

function isSource(path: string): boolean {
  return /(^|\/)(lib|web)\//.test(path);
}
