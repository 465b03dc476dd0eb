import type { ProposeChange } from "../define.js";
import { editOf } from "../edit.js";
import { indentationAt } from "../find-code.js";

/** `force_ssl:` beside the address of the endpoint; behind a proxy the scheme is read from the header it sets. */
export const enforceHttps: ProposeChange = (finding, input) => {
  const { project, textOf } = input.analysis;
  const text = textOf(finding.place.path);
  const { start, end } = finding.location.span;
  const entry = project.configuration.find(
    ({ path, value }) => path === finding.place.path && value.span.start <= start && end <= value.span.end,
  );
  if (text === null || entry?.value.kind !== "keyword") return null;
  const servesItself = entry.value.entries.some(({ key }) => key === "https");
  const setting = `force_ssl: [hsts: true${servesItself ? "" : ", rewrite_on: [:x_forwarded_proto]"}]`;
  const line = text.slice(text.lastIndexOf("\n", start - 1) + 1, start);
  if (line.trim() !== "") return null;
  return editOf(finding, input, "Send visitors from HTTP to HTTPS", [
    { span: { start, end: start }, text: `${setting},\n${indentationAt(text, start)}` },
  ]);
};
