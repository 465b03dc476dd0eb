import type { Block, Expression } from "../../model/expression.js";
import { collect } from "../../model/walk.js";
import type { ProposeChange } from "../define.js";
import { editOf } from "../edit.js";
import { callAt, indentationAt, writtenAt } from "../find-code.js";

/** Closes a handle after the last statement that uses it, when opening and use stand in one block that goes on afterwards. */
export const closeFile: ProposeChange = (finding, input) => {
  const handle = finding.slots["handle"];
  const close = finding.slots["close"];
  const text = input.analysis.textOf(finding.place.path);
  const found = callAt(input.analysis.project, finding.place.path, finding.location.span);
  // Where some ways close it already, one close at the end would be a second one.
  if (finding.slots["fault"] === "sometimes") return null;
  if (typeof handle !== "string" || typeof close !== "string" || close === "" || text === null || found === null) return null;
  const block = blocksIn(found.body).find((candidate) => candidate.expressions.some((statement) => isOpening(statement, found.call)));
  const last = block?.expressions.findLast((statement) => mentions(statement, handle));
  if (block === undefined || last === undefined || last === block.expressions.at(-1) || isOpening(last, found.call)) return null;
  const at = last.span.end;
  // The formatter sets what spans lines apart.
  const gap = writtenAt(text, last.span).includes("\n") ? "\n\n" : "\n";
  return editOf(finding, input, `Close \`${handle}\` when it is no longer needed`, [
    { span: { start: at, end: at }, text: `${gap}${indentationAt(text, last.span.start)}${close}(${handle})` },
  ]);
};

function blocksIn(body: Expression): Block[] {
  return collect(body, "block");
}

function isOpening(statement: Expression, call: Expression): boolean {
  return statement.kind === "match" && statement.value === call;
}

function mentions(statement: Expression, handle: string): boolean {
  return collect(statement, "variable").some((variable) => variable.name === handle);
}
