import { nearest } from "../model/nearest.js";
import { rules } from "../rules/registry.js";

/** The sentence about a rule nobody knows, with the nearest names. */
export function unknownRule(id: string): string {
  const ids = rules.map((rule) => rule.id);
  const similar = nearest(id, ids, 3);
  return `There is no rule ${id}: ${similar.length === 0 ? "`guard rules` lists them all." : `did you mean ${similar.join(" or ")}?`}`;
}
