import type { ProposeChange } from "../define.js";
import { editOf } from "../edit.js";
import { indentationAt, writtenAt } from "../find-code.js";

const policy = `%{"content-security-policy-report-only" => "default-src 'self'"}`;

/** The headers, and a policy that browsers only report on: what it would block is seen before it is enforced. */
export const secureHeaders: ProposeChange = (finding, input) => {
  const { project, textOf } = input.analysis;
  const text = textOf(finding.place.path);
  const { pipeline, missing } = finding.slots;
  const { span } = finding.location;
  if (text === null || typeof pipeline !== "string") return null;
  if (missing === "policy") {
    const written = writtenAt(text, span);
    const plug = written.endsWith(")") ? `${written.slice(0, -1)}, ${policy})` : `${written}, ${policy}`;
    if (!written.includes("put_secure_browser_headers")) return null;
    return editOf(finding, input, "Send a content security policy that only reports, to see what it would block", [{ span, text: plug }]);
  }
  const router = project.routers.find(({ path }) => path === finding.place.path);
  const last = router?.pipelines.get(pipeline)?.at(-1);
  if (last === undefined || last.path !== finding.place.path || writtenAt(text, last.span).includes("\n")) return null;
  const plug = writtenAt(text, last.span).startsWith("plug(")
    ? `plug(:put_secure_browser_headers, ${policy})`
    : `plug :put_secure_browser_headers, ${policy}`;
  const at = { start: last.span.end, end: last.span.end };
  return editOf(finding, input, `Send the headers that limit browsers, and a policy that only reports, with \`:${pipeline}\``, [
    { span: at, text: `\n${indentationAt(text, last.span.start)}${plug}` },
  ]);
};
