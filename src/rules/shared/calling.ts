import { outlineOfClause, type OutlinedCall } from "../../model/outline.js";
import type { Facts } from "../../model/facts.js";
import type { Project } from "../../model/project.js";
import { servingDefinitions, type Definition } from "./definitions.js";
import { perProject } from "./per-project.js";

/** What a call is told by before its arguments are read; a capture is one too. */
export type Callee = Pick<OutlinedCall, "module" | "function">;

/** The serving definitions of a file in which some call is one that is asked for, in source order. `asked` has to be a constant of its module: a project's distinct callees are put to it once, and the answer is remembered by it. */
export function servingDefinitionsCalling(facts: Facts, project: Project, asked: (callee: Callee) => boolean): readonly Definition[] {
  const answers = answersOf(project);
  const earlier = answers.get(asked);
  if (earlier !== undefined) return earlier.get(facts.path) ?? none;
  const found = callingByPath(project, asked);
  answers.set(asked, found);
  return found.get(facts.path) ?? none;
}

const none: readonly Definition[] = [];

const answersOf = perProject(() => new Map<(callee: Callee) => boolean, ReadonlyMap<string, readonly Definition[]>>());

function callingByPath(project: Project, asked: (callee: Callee) => boolean): Map<string, Definition[]> {
  const { definitions, callees } = indexOf(project);
  const places = new Set<number>();
  for (const { callee, callers } of callees) if (asked(callee)) for (const place of callers) places.add(place);
  const byPath = new Map<string, Definition[]>();
  for (const place of [...places].sort((left, right) => left - right)) {
    const definition = definitions[place];
    if (definition === undefined) continue;
    const earlier = byPath.get(definition.function.path);
    if (earlier === undefined) byPath.set(definition.function.path, [definition]);
    else earlier.push(definition);
  }
  return byPath;
}

/** Each function that serving code calls, once, and where in the list of definitions its callers are. */
interface CalleeIndex {
  readonly definitions: readonly Definition[];
  readonly callees: readonly { readonly callee: Callee; readonly callers: readonly number[] }[];
}

const indexOf = perProject((project): CalleeIndex => {
  const definitions = [...project.files.values()].flatMap((facts) => servingDefinitions(facts, project));
  const callees: { callee: Callee; callers: number[] }[] = [];
  const byModule = new Map<string | null, Map<string, number[]>>();
  for (const [place, { clause }] of definitions.entries()) {
    for (const { module, function: name } of outlineOfClause(clause).calls) {
      const byName = byModule.get(module);
      const callers = byName?.get(name);
      if (callers === undefined) {
        const first = [place];
        if (byName === undefined) byModule.set(module, new Map([[name, first]]));
        else byName.set(name, first);
        callees.push({ callee: { module, function: name }, callers: first });
      } else if (callers.at(-1) !== place) callers.push(place);
    }
  }
  return { definitions, callees };
});
