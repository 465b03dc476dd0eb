import type { Project } from "../../../model/project.js";
import { perProject } from "../per-project.js";
import { deedsIn } from "./doing.js";
import { repeatables, type Repeatable } from "./repeatable.js";
import { differenceOf, placedFunction, type Difference, type Placed } from "./same-code.js";

/** A function and others that do the same. */
export interface Copies {
  readonly members: readonly Repeatable[];
  readonly size: number;
  /** Texts and numbers in which a member differs from the first. */
  readonly differences: Difference["values"];
  readonly code: Placed;
}

/** A shorter function says hardly more than a call of it would. */
const fewestExpressions = 18;
const fewestDeeds = 3;
/** With more of them the copies are about different things. */
const mostDifferences = 2;

/** Functions that are the same again elsewhere in the same build. */
export const functionCopies = perProject((project): readonly Copies[] => {
  const alike = new Map<string, Repeatable[]>();
  for (const found of repeatables(project)) {
    if (found.shape.size < fewestExpressions) continue;
    const key = `${found.build} ${found.shape.digest}`;
    alike.set(key, [...(alike.get(key) ?? []), found]);
  }
  return [...alike.values()].flatMap((found) => (found.length < 2 ? [] : groupsOf(found, project)));
});

function groupsOf(alike: readonly Repeatable[], project: Project): Copies[] {
  const groups: Copies[] = [];
  let left = alike.map((found) => ({ found, code: placedFunction(found.entry, found.module) }));
  for (let [first] = left; first !== undefined; [first] = left) {
    const { found, code } = first;
    if (code.canonical === null || deedsIn(code.canonical) < fewestDeeds) return groups;
    const compared = left.slice(1).map((other) => ({ ...other, difference: differenceOf(code, other.code, project) }));
    const same = compared.filter(({ difference }) => difference !== null && difference.values.length <= mostDifferences);
    if (same.length > 0) {
      const differences = same.flatMap(({ difference }) => difference?.values ?? []);
      groups.push({ members: [found, ...same.map((other) => other.found)], size: found.shape.size, differences, code });
    }
    left = compared.filter((other) => !same.includes(other));
  }
  return groups;
}
