import type { Facts } from "../model/facts.js";
import type { Span } from "../model/span.js";
import { atomOf, stringOf } from "./values.js";

/** A Hex package with the version that `mix.lock` holds. `span` covers its name and version. */
export interface LockedVersion {
  readonly name: string;
  readonly version: string;
  readonly span: Span;
}

/** Hex packages of a `mix.lock`; those from git and folders have no version that an advisory knows. */
export function lockedVersions(facts: Facts): LockedVersion[] {
  return facts.topLevel.flatMap((expression) => {
    if (expression.kind !== "map") return [];
    return expression.entries.flatMap(({ key, value }): LockedVersion[] => {
      if (value.kind !== "tuple" || atomOf(value.elements[0]) !== "hex") return [];
      const name = atomOf(value.elements[1]);
      const version = stringOf(value.elements[2]);
      const end = value.elements[2]?.span.end ?? value.span.end;
      return name === null || version === null ? [] : [{ name, version, span: { start: key.span.start, end } }];
    });
  });
}
