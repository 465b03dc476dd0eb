import type { Location } from "../../model/project.js";

/** What a value looks like, as far as a pattern can tell. */
export type Shape =
  | { readonly kind: "any" }
  /** Also `nil`, `true`, `false` and module names. */
  | { readonly kind: "atom"; readonly name: string }
  | { readonly kind: "tuple"; readonly elements: readonly Shape[] }
  /** `length` is null when it is not known. */
  | { readonly kind: "list"; readonly length: number | null }
  /** `struct` is null for a plain map, `*` for one of unknown kind. */
  | { readonly kind: "map"; readonly struct: string | null }
  /** What a query selects: anything but a tuple that begins with an atom. */
  | { readonly kind: "row" }
  | { readonly kind: "string" | "number" | "function" };

/** One thing a call can give back. */
export interface Outcome {
  readonly shape: Shape;
  /** Whether the code shows that it happens; else it only might. */
  readonly sure: boolean;
  /** Whether a decision is known that leads to it: the next one further out then says nothing more. */
  readonly settled: boolean;
  /** Where it is given back: the expression in the innermost function that makes it, or the library call. */
  readonly at: Location;
}

export const any: Shape = { kind: "any" };
export const text: Shape = { kind: "string" };
export const number: Shape = { kind: "number" };
export const row: Shape = { kind: "row" };
export const nothing: Shape = { kind: "atom", name: "nil" };

export function atom(name: string): Shape {
  return { kind: "atom", name };
}

export function tuple(...elements: readonly Shape[]): Shape {
  return { kind: "tuple", elements };
}

export function list(length: number | null = null): Shape {
  return { kind: "list", length };
}

export function struct(module: string | null): Shape {
  return { kind: "map", struct: module };
}

export function ok(...elements: readonly Shape[]): Shape {
  return tuple(atom("ok"), ...elements);
}

export function error(...elements: readonly Shape[]): Shape {
  return tuple(atom("error"), ...elements);
}

/** Outcomes of an arm that is taken because of what the function was given: that they happen is for the caller to know. */
export function chosenByArgument(outcomes: readonly Outcome[]): Outcome[] {
  return outcomes.map((one) => (one.settled ? one : { ...one, settled: true, sure: false }));
}

/** Outcomes of an arm that is taken because of how something went. */
export function chosenByEvent(outcomes: readonly Outcome[]): Outcome[] {
  return outcomes.map((one) => (one.settled ? one : { ...one, settled: true }));
}

/** Whether every possible outcome is told: none of them is of unknown shape. */
export function isWhole(outcomes: readonly Outcome[]): boolean {
  return outcomes.length > 0 && outcomes.every(({ shape }) => shape.kind !== "any");
}

/** `:error`, `{:error, …}` and `{:error, …, …}`. */
export function isFailure(shape: Shape): boolean {
  if (shape.kind === "tuple") return shape.elements[0]?.kind === "atom" && shape.elements[0].name === "error";
  return shape.kind === "atom" && shape.name === "error";
}

/** A failure, or `nil`. */
export function isRefused(shape: Shape): boolean {
  return isFailure(shape) || (shape.kind === "atom" && shape.name === "nil");
}

/** A shape as people write it: `{:error, _}`, `nil`, `%Ecto.Changeset{}`. */
export function writtenShape(shape: Shape): string {
  switch (shape.kind) {
    case "atom":
      return /^(nil|true|false)$|^[A-Z]/.test(shape.name) ? shape.name : `:${shape.name}`;
    case "tuple":
      return `{${shape.elements.map(writtenShape).join(", ")}}`;
    case "list":
      return shape.length === 0 ? "[]" : "a list";
    case "map":
      return shape.struct === null ? "a map" : shape.struct === "*" ? "a struct" : `%${shape.struct}{}`;
    case "row":
      return "a row";
    case "any":
      return "_";
    default:
      return `a ${shape.kind}`;
  }
}

/** Whether two shapes say the same. */
export function sameShape(one: Shape, other: Shape): boolean {
  if (one.kind === "tuple" && other.kind === "tuple") {
    return (
      one.elements.length === other.elements.length &&
      one.elements.every((element, position) => sameShape(element, other.elements[position] ?? any))
    );
  }
  if (one.kind === "list" && other.kind === "list") return one.length === other.length;
  return one.kind === other.kind && writtenShape(one) === writtenShape(other);
}
