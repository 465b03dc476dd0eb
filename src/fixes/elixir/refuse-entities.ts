import type { ProposeChange } from "../define.js";
import { editOf } from "../edit.js";
import { callAt, writtenAt } from "../find-code.js";

/** `SweetXml.parse(document)` reads no document type, and so no entities. */
export const refuseEntities: ProposeChange = (finding, input) => {
  const { project, textOf } = input.analysis;
  const text = textOf(finding.place.path);
  const found = callAt(project, finding.place.path, finding.location.span);
  const [document, ...options] = found?.call.arguments ?? [];
  if (text === null || found?.call.module !== "SweetXml" || document === undefined || options.length > 0) return null;
  const { call } = found;
  const given = call.piped ? "" : `${writtenAt(text, document.span)}, `;
  return editOf(finding, input, "Read no document type, and with it no entities", [
    { span: call.segment, text: `${writtenAt(text, call.nameSpan)}(${given}dtd: :none)` },
  ]);
};
