import type { Operator } from "../../model/expression.js";
import type { Facts } from "../../model/facts.js";
import { collect } from "../../model/walk.js";
import type { ProposeChange } from "../define.js";
import { editOf } from "../edit.js";
import { writtenAt } from "../find-code.js";

/** `signature == expected` becomes `Plug.Crypto.secure_compare`, where the project has it and both sides are names or calls. */
export const compareSecurely: ProposeChange = (finding, input) => {
  const { project, textOf } = input.analysis;
  const text = textOf(finding.place.path);
  const operator = operatorAt(project.files.get(finding.place.path), finding.location.span.start);
  const [left, right] = operator?.operands ?? [];
  const hasPlug = ["plug_crypto", "plug", "phoenix"].some((name) => project.dependencies.has(name));
  if (text === null || finding.slots["way"] !== "compare" || operator === null || left === undefined || right === undefined || !hasPlug)
    return null;
  if ([left, right].some(({ kind }) => kind !== "variable" && kind !== "call")) return null;
  const [first, second] = [left, right].map(({ span }) => writtenAt(text, span));
  return editOf(finding, input, "Compare the signature in a time that tells nothing of it", [
    { span: operator.span, text: `Plug.Crypto.secure_compare(${first ?? ""}, ${second ?? ""})` },
  ]);
};

function operatorAt(facts: Facts | undefined, start: number): Operator | null {
  const bodies = (facts?.modules ?? []).flatMap(({ functions }) =>
    functions.flatMap(({ clauses }) => clauses.flatMap(({ body }) => body ?? [])),
  );
  const found = bodies
    .flatMap((body) => collect(body, "operator"))
    .find(({ span, operator }) => span.start === start && /^===?$/.test(operator));
  return found ?? null;
}
