import type { Facts } from "../../model/facts.js";
import type { Effect, FunctionId, Project } from "../../model/project.js";
import { callersByCallee, listed, placesByEffect, placesById, placesByName, type Callee, type Places } from "./definition-index.js";
import type { Definition } from "./definitions.js";
import { perProject } from "./per-project.js";

/** Serving definitions by the path of their file, in source order: what a rule looks at, and where. Worked out once for a project. */
export type Selection = (project: Project) => ReadonlyMap<string, readonly Definition[]>;

/** Every serving definition. */
export const allDefinitions: Selection = perProject((project) => byPath(listed(project)));

/** The definitions of a selection that stand in a file. */
export function selectedIn(selection: Selection, facts: Facts, project: Project): readonly Definition[] {
  return selection(project).get(facts.path) ?? none;
}

const none: readonly Definition[] = [];

/** Definitions in which some call is one that is asked for: each callee of a project is put to it once. */
export function definitionsCalling(asked: (callee: Callee) => boolean): Selection {
  return selectionOf((project) => callersByCallee(project).flatMap(({ callee, places }) => (asked(callee) ? places : [])));
}

/** Definitions of functions that do one of these things, themselves or through what they call. */
export function definitionsWith(...effects: readonly Effect[]): Selection {
  return selectionOf((project) => effects.flatMap((effect) => placesByEffect(project).get(effect) ?? []));
}

/** Definitions of these functions. */
export function definitionsOf(functions: (project: Project) => Iterable<FunctionId>): Selection {
  return selectionOf((project) => [...functions(project)].flatMap((id) => placesById(project).get(id) ?? []));
}

/** Definitions of functions whose name is asked for: each name of a project is put to it once. */
export function definitionsNamed(asked: (name: string) => boolean): Selection {
  return selectionOf((project) => [...placesByName(project)].flatMap(([name, places]) => (asked(name) ? places : [])));
}

/** Definitions that are in any of several selections. */
export function anyOf(...selections: readonly Selection[]): Selection {
  return perProject((project) => {
    const chosen = new Set(selections.flatMap((selection) => [...selection(project).values()].flat()));
    return byPath(listed(project).filter((definition) => chosen.has(definition)));
  });
}

/** Definitions of a selection of which something more holds. */
export function among(selection: Selection, holds: (definition: Definition, project: Project) => boolean): Selection {
  return perProject((project) => byPath([...selection(project).values()].flat().filter((definition) => holds(definition, project))));
}

function selectionOf(find: (project: Project) => Places): Selection {
  return perProject((project) => {
    const places = [...new Set(find(project))].sort((left, right) => left - right);
    return byPath(places.flatMap((place) => listed(project)[place] ?? []));
  });
}

function byPath(definitions: readonly Definition[]): Map<string, Definition[]> {
  const found = new Map<string, Definition[]>();
  for (const definition of definitions) {
    const earlier = found.get(definition.function.path);
    if (earlier === undefined) found.set(definition.function.path, [definition]);
    else earlier.push(definition);
  }
  return found;
}
