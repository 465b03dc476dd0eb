import type { Expression } from "../../model/expression.js";
import type { Project } from "../../model/project.js";
import { fits } from "../../project/outcomes/fits.js";
import { clauseMeetsRefusal, mayMeetRefusal } from "../../project/outcomes/may-refuse.js";
import { outcomeSites, type OutcomeSite } from "../../project/outcomes/sites.js";
import { isRefused, writtenShape, type Outcome } from "../../project/outcomes/shapes.js";
import type { Clue } from "../define.js";
import type { Definition } from "./definitions.js";
import { perProject } from "./per-project.js";
import { among, definitionsOf } from "./selections.js";

/** The definitions that may meet a failure at such a place. */
export const meetingFailure = among(definitionsOf(mayMeetRefusal), (definition, project) => sitesOf(definition, project).length > 0);

const known = perProject(() => new Map<Definition["clause"], readonly OutcomeSite[]>());

/** Every `=`, `case` and `with` of a definition that may meet a failure, and what their patterns are given; worked out once for all rules. */
export function sitesOf(definition: Definition, project: Project): readonly OutcomeSite[] {
  const sites = known(project);
  const earlier = sites.get(definition.clause);
  if (earlier !== undefined) return earlier;
  const meets = clauseMeetsRefusal(project, definition.id, definition.clause);
  const found = meets ? outcomeSites(project, definition.function, definition.clause) : [];
  sites.set(definition.clause, found);
  return found;
}

/** Where outcomes are given back, one clue a place. */
export function outcomeClues(outcomes: readonly Outcome[]): Clue[] {
  const places = new Set<string>();
  return outcomes.slice(0, 4).flatMap(({ at, shape }) => {
    const place = `${at.path}:${String(at.span.start)}`;
    if (places.has(place)) return [];
    places.add(place);
    return [{ at, note: `gives \`${writtenShape(shape)}\`` }];
  });
}

/** Outcomes in words: `` `nil` or `{:error, _}` ``. */
export function spokenOutcomes(outcomes: readonly Outcome[]): string {
  const shapes = [...new Set(outcomes.map(({ shape }) => plainShape(writtenShape(shape))))];
  const last = shapes.pop() ?? "";
  return shapes.length === 0 ? last : `${shapes.join(", ")} or ${last}`;
}

function plainShape(text: string): string {
  return text.startsWith("a ") ? text : `\`${text}\``;
}

/** Outcomes that the code shows to happen and that no pattern takes. */
export function untaken(patterns: readonly Expression[], outcomes: readonly Outcome[]): Outcome[] {
  return outcomes.filter(
    ({ shape, sure }) => sure && shape.kind !== "any" && patterns.every((pattern) => fits(pattern, shape) === "never"),
  );
}

/** `{:error, …}`, `:error` or `nil`: what a call gives when it did not find or do what it was asked for. */
export function isRefusal({ shape }: Outcome): boolean {
  return isRefused(shape);
}
