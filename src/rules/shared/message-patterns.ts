import type { Expression } from "../../model/expression.js";
import { atomOf } from "../../project/values.js";

/** Whether a clause's pattern can be the one that takes a message as it is written: tags and sizes agree. */
export function mayTake(pattern: Expression | undefined, message: Expression): boolean {
  if (pattern === undefined || pattern.kind === "variable" || message.kind === "variable") return true;
  if (pattern.kind === "match") return mayTake(pattern.pattern, message) && mayTake(pattern.value, message);
  if (pattern.kind === "literal") return message.kind !== "literal" ? message.kind !== "tuple" : atomOf(pattern) === atomOf(message);
  if (pattern.kind !== "tuple") return true;
  if (message.kind !== "tuple") return message.kind !== "literal";
  return (
    pattern.elements.length === message.elements.length &&
    pattern.elements.every((element, position) => {
      const given = message.elements[position];
      return given === undefined || mayTake(element, given);
    })
  );
}
