import type { ProposeChange } from "../define.js";
import { editOf } from "../edit.js";
import { indentationAt, writtenAt } from "../find-code.js";

/** `plug :protect_from_forgery` after the plug that brings the session. */
export const protectFromForgery: ProposeChange = (finding, input) => {
  const text = input.analysis.textOf(finding.place.path);
  const { start, end } = finding.location.span;
  if (text === null || finding.slots["way"] !== "unprotected") return null;
  const parenthesised = /^plug\(/.test(writtenAt(text, finding.location.span));
  const plug = parenthesised ? "plug(:protect_from_forgery)" : "plug :protect_from_forgery";
  return editOf(finding, input, `Refuse forms of other sites in \`:${String(finding.slots["by"])}\``, [
    { span: { start: end, end }, text: `\n${indentationAt(text, start)}${plug}` },
  ]);
};
