import type { Call, Expression } from "../../model/expression.js";
import { collect } from "../../model/walk.js";
import { any, atom, error, list, nothing, number, ok, row, struct, tuple, type Shape } from "./shapes.js";

/** A shape, and whether the code shows that it happens. */
export interface Told {
  readonly shape: Shape;
  readonly sure: boolean;
}

const changeset = "Ecto.Changeset";
const found: Told = { shape: struct("*"), sure: true };
const missing: Told = { shape: nothing, sure: true };

/** What a function of Ecto's repository gives back; `given` is its first argument's source, `shapes` what that can be. Null for one that is not known. */
export function repositoryShapes(call: Call, given: Expression | null, shapes: readonly Shape[]): readonly Told[] | null {
  const sure = (...told: readonly Shape[]): Told[] => told.map((shape) => ({ shape, sure: true }));
  switch (call.function) {
    case "get":
    case "get_by":
      return [found, missing];
    case "one":
      return [{ shape: row, sure: true }, missing];
    case "get!":
    case "get_by!":
    case "insert!":
    case "update!":
    case "delete!":
    case "insert_or_update!":
      return [found];
    case "all":
      return sure(list());
    case "insert_all":
    case "update_all":
    case "delete_all":
      return sure(tuple(number, any));
    case "exists?":
      return sure(atom("true"), atom("false"));
    case "insert":
    case "update":
    case "insert_or_update":
    case "delete":
      return [
        { shape: ok(struct("*")), sure: true },
        { shape: error(struct(changeset)), sure: mayBeRefused(call.function, given, shapes) },
      ];
    case "transaction":
    case "transact":
      return transactionShapes(given, shapes);
    default:
      return null;
  }
}

const plain = /^(change|put_change|force_change|delete_change)$/;

/** A bare struct or plain `change/2` carries neither validation nor named constraint: writing it succeeds or raises. */
function mayBeRefused(name: string, given: Expression | null, shapes: readonly Shape[]): boolean {
  if (given?.kind === "call" && plain.test(given.function)) return false;
  const known = shapes.filter(({ kind }) => kind === "map");
  if (known.length > 0) return known.some((shape) => shape.kind === "map" && shape.struct === changeset);
  return name !== "delete" && given?.kind === "variable" && /changeset/.test(given.name);
}

/** `{:ok, what the function gives}` or what it rolled back with; of a Multi the four-part error. */
function transactionShapes(given: Expression | null, shapes: readonly Shape[]): Told[] {
  const done: Told = { shape: ok(any), sure: true };
  if (given?.kind === "lambda") {
    return [done, { shape: error(any), sure: collect(given, "call").some((call) => call.function === "rollback") }];
  }
  const isMulti = shapes.length > 0 && shapes.every((shape) => shape.kind === "map" && shape.struct === "Ecto.Multi");
  if (isMulti) return [done, { shape: error(any, any, any), sure: true }];
  return [done, { shape: any, sure: false }];
}
