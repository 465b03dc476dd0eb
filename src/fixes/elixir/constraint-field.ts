import type { AuditedFinding } from "../../model/audit.js";
import type { Change, FixInput } from "../define.js";
import { editOf } from "../edit.js";
import { callIn, callsWrittenAs } from "../pipeline.js";

/** The field a constraint names, wherever it is written so, becomes the one that holds the key. */
export function fieldEdit(finding: AuditedFinding, input: FixInput, field: string): Change | null {
  const { project, textOf } = input.analysis;
  const facts = project.files.get(finding.place.path);
  const text = textOf(finding.place.path);
  const found = callIn(facts, finding.location.span);
  if (text === null || found === null) return null;
  const edits = callsWrittenAs(facts, found.call, text).flatMap((call) => {
    const named = call.arguments.find(({ kind }) => kind === "literal");
    return named === undefined ? [] : [{ span: named.span, text: `:${field}` }];
  });
  return editOf(finding, input, `Name the key \`${field}\`, as the database's constraint does`, edits);
}
