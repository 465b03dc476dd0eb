import { writtenAt } from "../find-code.js";
import type { ProposeChange } from "../define.js";
import { editOf } from "../edit.js";

/** `check_origin: false` becomes `true`: only pages of the endpoint's own host may open the socket. */
export const checkOrigin: ProposeChange = (finding, input) => {
  const text = input.analysis.textOf(finding.place.path);
  const { span } = finding.location;
  if (text === null || !/^check_origin:\s+false$/.test(writtenAt(text, span))) return null;
  return editOf(finding, input, "Let only the site's own pages open the socket", [
    { span: { start: span.end - "false".length, end: span.end }, text: "true" },
  ]);
};
