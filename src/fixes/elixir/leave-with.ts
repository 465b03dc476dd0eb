import { collect } from "../../model/walk.js";
import type { ProposeChange } from "../define.js";
import { editOf } from "../edit.js";
import { bodyAround } from "../pipeline.js";

/** `=` between the steps of a `with` becomes `<-`, so that the failure leaves it. Only without `else`, which may not know the failure. */
export const leaveWith: ProposeChange = (finding, input) => {
  const { project, textOf } = input.analysis;
  const text = textOf(finding.place.path);
  const { start } = finding.location.span;
  const body = bodyAround(project.files.get(finding.place.path), finding.location.span);
  if (text === null || body === null || finding.slots["reason"] !== "with") return null;
  const form = collect(body, "branch").find(
    ({ form: kind, clauses, steps }) =>
      kind === "with" &&
      clauses.every(({ role }) => role === "do") &&
      steps.some(({ value }) => value.kind === "match" && value.span.start === start),
  );
  const step = form?.steps.find(({ value }) => value.span.start === start)?.value;
  if (step?.kind !== "match") return null;
  const between = { start: step.pattern.span.end, end: step.value.span.start };
  const written = text.slice(between.start, between.end);
  if (written.trim() !== "=" || written.includes("\n")) return null;
  return editOf(finding, input, "Let the failure leave the `with`", [{ span: between, text: " <- " }]);
};
