import type { AuditedFinding } from "../../model/audit.js";
import type { Call } from "../../model/expression.js";
import { optionsOf } from "../../project/values.js";
import type { Change, FixInput } from "../define.js";
import { applyEdits, editOf, type Edit } from "../edit.js";
import { callIn, callsWrittenAs, withOption } from "../pipeline.js";

/** `name:` of a constraint in a changeset, wherever it is written so, becomes the name the database has. Null for a name that is no plain word. */
export function nameConstraint(finding: AuditedFinding, input: FixInput, name: string): Change | null {
  const { project, textOf } = input.analysis;
  const facts = project.files.get(finding.place.path);
  const text = textOf(finding.place.path);
  const found = callIn(facts, finding.location.span);
  if (text === null || found === null || !/^[a-z_]\w*$/.test(name)) return null;
  const edits = callsWrittenAs(facts, found.call, text).map((call) => nameEdit(call, name, text));
  if (edits.some((edit) => edit === null)) return null;
  const title = `Call the constraint \`${name}\`, as the database does`;
  return editOf(
    finding,
    input,
    title,
    edits.flatMap((edit) => edit ?? []),
  );
}

function nameEdit(call: Call, name: string, text: string): Edit | null {
  const options = optionsOf(call);
  const written = options?.entries.find(({ key }) => key === "name");
  if (options === null || written === undefined) return withOption(call, `name: :${name}`, text);
  const replaced = { span: written.value.span, text: `:${name}` };
  const [only, ...others] = options.entries;
  const [, previous] = [...call.arguments].reverse();
  if (others.length > 0 || only === undefined || previous === undefined || call.segment.start > previous.span.start) return replaced;
  // Written anew, so that a long name goes below.
  const { start } = previous.span;
  const bare = applyEdits(text, [{ span: { start: previous.span.end, end: options.span.end }, text: "" }]);
  const edit = withOption(
    { ...call, arguments: [previous], segment: { ...call.segment, end: previous.span.end + 1 } },
    `name: :${name}`,
    bare,
  );
  return edit === null || start === options.span.start
    ? replaced
    : { span: { start: previous.span.end, end: options.span.end }, text: edit.text };
}
