import { outlineOfClause } from "../../model/outline.js";
import type { Effect, FunctionId } from "../../model/project.js";
import type { Callee } from "../../project/calls/callees.js";
import { effectsOf } from "../../project/effects-of.js";
import { servingDefinitions, type Definition } from "./definitions.js";
import { perProject } from "./per-project.js";

export type { Callee } from "../../project/calls/callees.js";

/** Places in the list of all serving definitions, rising, each once. */
export type Places = readonly number[];

/** All serving definitions of a project, file by file in source order. */
export const listed = perProject((project): readonly Definition[] =>
  [...project.files.values()].flatMap((facts) => servingDefinitions(facts, project)),
);

/** Where functions have an effect, themselves or through what they call. */
export const placesByEffect = perProject((project): ReadonlyMap<Effect, Places> => {
  const places = new Map<Effect, number[]>();
  for (const [place, { id }] of listed(project).entries()) for (const effect of effectsOf(project, id).keys()) add(places, effect, place);
  return places;
});

/** Where the clauses of a function are. */
export const placesById = perProject((project): ReadonlyMap<FunctionId, Places> => {
  const places = new Map<FunctionId, number[]>();
  for (const [place, { id }] of listed(project).entries()) add(places, id, place);
  return places;
});

/** Where functions of a name are. */
export const placesByName = perProject((project): ReadonlyMap<string, Places> => {
  const places = new Map<string, number[]>();
  for (const [place, definition] of listed(project).entries()) add(places, definition.function.facts.name, place);
  return places;
});

/** Each function that serving code calls, once, and the places of the definitions that call it. */
export const callersByCallee = perProject((project): readonly { readonly callee: Callee; readonly places: Places }[] => {
  const byModule = new Map<string | null, Map<string, number[]>>();
  for (const [place, { clause }] of listed(project).entries()) {
    for (const { module, function: name } of outlineOfClause(clause).calls) {
      const byName = byModule.get(module) ?? new Map<string, number[]>();
      if (byName.size === 0) byModule.set(module, byName);
      add(byName, name, place);
    }
  }
  return [...byModule].flatMap(([module, byName]) => [...byName].map(([name, places]) => ({ callee: { module, function: name }, places })));
});

function add<Key>(places: Map<Key, number[]>, key: Key, place: number): void {
  const earlier = places.get(key);
  if (earlier === undefined) places.set(key, [place]);
  else if (earlier.at(-1) !== place) earlier.push(place);
}
