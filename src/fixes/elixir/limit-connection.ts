import type { ProposeChange } from "../define.js";
import { editOf } from "../edit.js";
import { callAt } from "../find-code.js";

/** Milliseconds to wait for a connection, and for an answer: those of `GenServer.call`. */
const patience = "5_000";

/** `:gen_tcp.connect` and `:ssl.connect` with a host and a port get a timeout, `:httpc.request` its option. */
export const limitConnection: ProposeChange = (finding, input) => {
  const found = callAt(input.analysis.project, finding.place.path, finding.location.span);
  if (found === null) return null;
  const { call } = found;
  const last = call.arguments.at(-1);
  const title = "Wait no longer than five seconds for the other side";
  if (last === undefined) return null;
  if (call.module === ":httpc") {
    const options = call.arguments[2];
    const isEmpty = options?.kind === "list" && options.elements.length === 0;
    return isEmpty ? editOf(finding, input, title, [{ span: options.span, text: `[timeout: ${patience}]` }]) : null;
  }
  if (call.arguments.length !== 3 || (last.kind !== "list" && last.kind !== "variable" && last.kind !== "keyword")) return null;
  return editOf(finding, input, title, [{ span: { start: last.span.end, end: last.span.end }, text: `, ${patience}` }]);
};
