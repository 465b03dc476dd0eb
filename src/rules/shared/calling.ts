import type { Facts } from "../../model/facts.js";
import type { Project } from "../../model/project.js";
import type { Definition } from "./definitions.js";
import type { Callee } from "./definition-index.js";
import { definitionsCalling, selectedIn, type Selection } from "./selections.js";

export type { Callee } from "./definition-index.js";

/** The serving definitions of a file in which some call is one that is asked for, in source order. `asked` has to be a constant of its module: a project's distinct callees are put to it once, and the answer is remembered by it. */
export function servingDefinitionsCalling(facts: Facts, project: Project, asked: (callee: Callee) => boolean): readonly Definition[] {
  const earlier = selections.get(asked);
  const selection = earlier ?? definitionsCalling(asked);
  if (earlier === undefined) selections.set(asked, selection);
  return selectedIn(selection, facts, project);
}

const selections = new WeakMap<(callee: Callee) => boolean, Selection>();
