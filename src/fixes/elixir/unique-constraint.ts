import type { ChangesetStep, Project, Schema } from "../../model/project.js";
import type { FileChange } from "../../model/patch.js";
import { changesetsOf } from "../../project/changesets/changesets-of.js";
import { applyEdits, type Edit } from "../edit.js";
import { writtenAt } from "../find-code.js";
import { callIn, stepAfter } from "../pipeline.js";

/** `unique_constraint(:code)`, with the index's name where it is not the one Ecto expects. */
export function uniqueConstraintCall(schema: Schema, fields: readonly string[], index: string): string {
  const [field = "", ...others] = fields;
  const isExpected = index === `${schema.table ?? ""}_${fields.join("_")}_index`;
  const given = others.length === 0 ? `:${field}` : `[${fields.map((name) => `:${name}`).join(", ")}]`;
  return `unique_constraint(${given}${isExpected ? "" : `, name: :${index}`})`;
}

/** The constraint at the end of the pipeline in which a changeset casts or requires; null where that is none, or nothing lets it be called. */
export function constraintAfter(project: Project, step: ChangesetStep, constraint: string, text: string): Edit | null {
  const facts = project.files.get(step.path);
  const found = callIn(facts, step.span);
  if (
    found === null ||
    facts?.modules.some(({ imports }) => imports.some(({ module, options }) => module === "Ecto.Changeset" && options !== null))
  )
    return null;
  const called = writtenAt(text, found.call.nameSpan).replace(/\w+[!?]?$/, "");
  return stepAfter(found.body, found.call, `${called}${constraint}`, text);
}

/** The schema's file with a unique constraint in the changeset that casts most of the fields. */
export function withUniqueConstraint(
  project: Project,
  textOf: (path: string) => string | null,
  schema: Schema,
  fields: readonly string[],
): FileChange | null {
  const before = textOf(schema.path);
  const names = (step: ChangesetStep): number => (step.fields ?? []).filter((field) => fields.includes(field)).length;
  const steps = changesetsOf(project, schema)
    .flatMap(({ casts, required }) => [...casts, ...required])
    .filter((step) => step.path === schema.path);
  const [best] = steps.sort((one, other) => names(other) - names(one));
  if (before === null || best === undefined) return null;
  const constraint = uniqueConstraintCall(schema, fields, `${schema.table ?? ""}_${fields.join("_")}_index`);
  const edit = constraintAfter(project, best, constraint, before);
  return edit && { path: schema.path, before, after: applyEdits(before, [edit]) };
}
