import type { Expression } from "../../model/expression.js";
import { any, atom, list, number, struct, text, tuple, type Shape } from "./shapes.js";

/** Whether a pattern takes a value of a shape: always, never, or depending on what the shape does not tell. */
export type Fit = "always" | "maybe" | "never";

export function fits(pattern: Expression, shape: Shape): Fit {
  switch (pattern.kind) {
    case "variable":
      return pattern.pinned ? "maybe" : "always";
    case "match":
      return together([fits(pattern.pattern, shape), fits(pattern.value, shape)]);
    case "literal":
    case "module":
      return fitsValue(shapeOfPattern(pattern), shape);
    case "tuple":
      return fitsTuple(pattern.elements, shape);
    case "list":
      return fitsList(pattern.elements.length, pattern.tail !== null, pattern.elements, shape);
    case "keyword":
      return fitsList(pattern.entries.length, false, [], shape);
    case "map":
      return fitsMap(pattern.struct, pattern.entries.length, shape);
    case "binary":
    case "interpolation":
      return kindIs(shape, ["string"]);
    case "operator":
      return pattern.operator === "<>" ? kindIs(shape, ["string"]) : "maybe";
    default:
      return "maybe";
  }
}

function together(answers: readonly Fit[]): Fit {
  if (answers.includes("never")) return "never";
  return answers.every((answer) => answer === "always") ? "always" : "maybe";
}

function kindIs(shape: Shape, kinds: readonly Shape["kind"][]): Fit {
  return shape.kind === "any" || shape.kind === "row" || kinds.includes(shape.kind) ? "maybe" : "never";
}

function fitsValue(wanted: Shape, shape: Shape): Fit {
  if (wanted.kind === "any") return "maybe";
  if (wanted.kind !== "atom") return kindIs(shape, [wanted.kind]);
  if (shape.kind === "atom") return shape.name === wanted.name ? "always" : "never";
  return kindIs(shape, []);
}

function fitsTuple(elements: readonly Expression[], shape: Shape): Fit {
  if (shape.kind === "row") return shapeOfPattern(elements[0] ?? unknown).kind === "atom" ? "never" : "maybe";
  if (shape.kind !== "tuple") return kindIs(shape, []);
  if (shape.elements.length !== elements.length) return "never";
  return together(elements.map((element, position) => fits(element, shape.elements[position] ?? any)));
}

const unknown: Expression = { kind: "unknown", children: [], span: { start: 0, end: 0 } };

function fitsList(length: number, open: boolean, elements: readonly Expression[], shape: Shape): Fit {
  if (shape.kind !== "list") return kindIs(shape, []);
  if (shape.length === null) return "maybe";
  if (open ? shape.length < length : shape.length !== length) return "never";
  return elements.every((element) => element.kind === "variable" && !element.pinned) ? "always" : "maybe";
}

function fitsMap(wanted: string | null, entries: number, shape: Shape): Fit {
  if (shape.kind !== "map") return kindIs(shape, []);
  if (wanted === null) return entries === 0 ? "always" : "maybe";
  if (shape.struct === "*") return "maybe";
  if (shape.struct !== wanted) return shape.struct === null || isFull(wanted, shape.struct) ? "never" : "maybe";
  return entries === 0 ? "always" : "maybe";
}

/** Two names that differ in more than how much of them was written. */
function isFull(one: string, other: string): boolean {
  return one !== "__MODULE__" && other !== "__MODULE__" && !one.endsWith(`.${other}`) && !other.endsWith(`.${one}`);
}

/** What a value must look like to be taken by a pattern. */
export function shapeOfPattern(pattern: Expression): Shape {
  switch (pattern.kind) {
    case "literal":
      if (pattern.type === "atom" || pattern.type === "nil" || pattern.type === "boolean") return atom(pattern.value);
      if (pattern.type === "integer" || pattern.type === "float" || pattern.type === "character") return number;
      return pattern.type === "string" ? text : any;
    case "module":
      return pattern.name === "__MODULE__" ? any : atom(pattern.name);
    case "tuple":
      return tuple(...pattern.elements.map(shapeOfPattern));
    case "match": {
      const first = shapeOfPattern(pattern.pattern);
      return first.kind === "any" ? shapeOfPattern(pattern.value) : first;
    }
    case "list":
      return list(pattern.tail === null ? pattern.elements.length : null);
    case "map":
      return struct(pattern.struct ?? "*");
    case "binary":
    case "interpolation":
      return text;
    default:
      return any;
  }
}
