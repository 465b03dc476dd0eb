import type { Call, Expression } from "../../model/expression.js";
import type { Facts } from "../../model/facts.js";
import { collect } from "../../model/walk.js";
import type { ProposeChange } from "../define.js";
import { editOf, type Edit } from "../edit.js";
import { writtenAt } from "../find-code.js";

/** A sleep before `assert_received` becomes the time `assert_receive` waits at most. Only where every sleep of the test is one of these. */
export const awaitMessage: ProposeChange = (finding, input) => {
  const { project, textOf } = input.analysis;
  const text = textOf(finding.place.path);
  const pair = text === null ? null : pairAt(project.files.get(finding.place.path), finding.location.span.start);
  if (text === null || pair === null) return null;
  const [sleep, received] = pair;
  const [time] = sleep.arguments;
  const last = received.arguments.at(-1);
  if (time?.kind !== "literal" || last === undefined || received.arguments.length > 1) return null;
  const wait: Edit = { span: { start: last.span.end, end: last.span.end }, text: `, ${writtenAt(text, time.span)}` };
  return editOf(finding, input, "Wait for the message, not for the clock", [
    { span: { start: sleep.span.start, end: received.span.start }, text: "" },
    { span: received.nameSpan, text: "assert_receive" },
    wait,
  ]);
};

/** `Process.sleep(…)` at a place and the `assert_received` that follows it at once. */
function pairAt(facts: Facts | undefined, start: number): [Call, Call] | null {
  const blocks = (facts?.modules ?? []).flatMap(({ body }) => body.flatMap((call) => collect(call, "block")));
  for (const { expressions } of blocks) {
    const index = expressions.findIndex((expression) => isSleep(expression) && expression.span.start === start);
    const [sleep, next] = index < 0 ? [] : [expressions[index], expressions[index + 1]];
    if (sleep?.kind === "call" && next?.kind === "call" && next.function === "assert_received") return [sleep, next];
  }
  return null;
}

function isSleep(expression: Expression): boolean {
  return expression.kind === "call" && expression.function === "sleep" && /^(Process|:timer)$/.test(expression.module ?? "");
}
