import type { Call } from "../../model/expression.js";
import type { ModuleFacts } from "../../model/facts.js";
import type { ChangesetConstraint, ChangesetStep } from "../../model/project.js";
import { constantOf, type Constant, type Environment } from "../database/constants.js";
import { atomOf, optionOf } from "../values.js";

/** What one call of `Ecto.Changeset` adds to a changeset. */
export type Step =
  | { readonly kind: "cast" | "required"; readonly step: ChangesetStep }
  | { readonly kind: "constraint"; readonly constraint: ChangesetConstraint };

const constraintKinds: Readonly<Record<string, ChangesetConstraint["kind"]>> = {
  unique_constraint: "unique",
  unsafe_validate_unique: "unsafe_unique",
  foreign_key_constraint: "foreign_key",
  assoc_constraint: "association",
  no_assoc_constraint: "no_association",
  check_constraint: "check",
  exclusion_constraint: "exclusion",
};

/** Where the fields stand: after the changeset, and for `cast` after the parameters too. */
const fieldsAt: Readonly<Record<string, number>> = { cast: 2, validate_required: 1 };

/** Reads a call of `Ecto.Changeset`, imported or not; null for every other call and for a function of the module that has the same name. */
export function stepOf(call: Call, module: ModuleFacts, path: string): Step | null {
  if (call.subject !== null || (call.module !== null && call.module !== "Ecto.Changeset")) return null;
  const constraint = Object.hasOwn(constraintKinds, call.function) ? constraintKinds[call.function] : undefined;
  const position = constraint === undefined && Object.hasOwn(fieldsAt, call.function) ? fieldsAt[call.function] : 1;
  if (constraint === undefined && !Object.hasOwn(fieldsAt, call.function)) return null;
  if (call.module === null && module.functions.some((own) => own.name === call.function)) return null;
  const environment: Environment = { variables: new Map(), module };
  const fields = fieldsIn(constantOf(call.arguments[position ?? 1], environment));
  const step: ChangesetStep = { path, span: call.segment, fields };
  if (constraint === undefined) return { kind: call.function === "cast" ? "cast" : "required", step };
  const written = optionOf(call, "name");
  const name = constantOf(written, environment);
  const match = atomOf(optionOf(call, "match"));
  return {
    kind: "constraint",
    constraint: {
      ...step,
      kind: constraint,
      name: typeof name === "string" ? name : null,
      nameUnread: written !== null && typeof name !== "string",
      match: match === "suffix" || match === "prefix" ? match : "exact",
    },
  };
}

function fieldsIn(value: Constant | undefined): readonly string[] | null {
  if (typeof value === "string") return [value];
  if (!Array.isArray(value)) return null;
  const names = value as readonly Constant[];
  return names.every((name) => typeof name === "string") ? names : null;
}
