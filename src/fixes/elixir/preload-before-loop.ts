import type { Call, Expression } from "../../model/expression.js";
import type { Span } from "../../model/span.js";
import { contains } from "../../model/span.js";
import { collect } from "../../model/walk.js";
import { loopsIn } from "../../project/loops-in.js";
import type { LoopSite } from "../../project/loops-in.js";
import { repositoryCall } from "../../project/repository-call.js";
import type { ProposeChange } from "../define.js";
import type { Edit } from "../edit.js";
import { editOf } from "../edit.js";
import { callAt, writtenAt } from "../find-code.js";

/** `Repo.preload(element, …)` inside a loop moves to the list the loop runs over: one query per association instead of one per element. */
export const preloadBeforeLoop: ProposeChange = (finding, input) => {
  const { project, textOf } = input.analysis;
  const text = textOf(finding.place.path);
  const found = callAt(project, finding.place.path, finding.location.span);
  if (text === null || found === null || repositoryCall(project, found.call)?.operation !== "preload") return null;
  const loop = loopsIn(found.body).findLast((site) => contains(site.body.span, found.call.span));
  const [element, associations, ...options] = found.call.arguments;
  if (loop === undefined || element?.kind !== "variable" || associations === undefined || options.length > 0) return null;
  if (!isElement(loop, element.name) || loop.source === null || usesElementName(associations, element.name)) return null;
  const source = sourceEdit(loop, loop.source, `${writtenAt(text, found.call.nameSpan)}`, writtenAt(text, associations.span), text);
  return editOf(finding, input, `Preload ${writtenAt(text, associations.span)} once for the whole list`, [
    { span: found.call.span, text: element.name },
    source,
  ]);
};

function isElement(loop: LoopSite, name: string): boolean {
  const [pattern, ...others] = loop.patterns;
  return others.length === 0 && pattern?.kind === "variable" && pattern.name === name;
}

function usesElementName(expression: Expression, name: string): boolean {
  return collect(expression, "variable").some((variable) => variable.name === name);
}

function sourceEdit(loop: LoopSite, source: Expression, preload: string, associations: string, text: string): Edit {
  const end: Span = { start: source.span.end, end: source.span.end };
  if (isPiped(loop.expression)) return { span: end, text: ` |> ${preload}(${associations})` };
  return { span: source.span, text: `${preload}(${writtenAt(text, source.span)}, ${associations})` };
}

function isPiped(expression: LoopSite["expression"]): expression is Call {
  return expression.kind === "call" && expression.piped;
}
