import type { ModuleAttribute, ModuleFacts } from "../../model/facts.js";
import { contains, type Span } from "../../model/span.js";
import { collect } from "../../model/walk.js";
import type { ProposeChange } from "../define.js";
import { editOf } from "../edit.js";
import { writtenAt } from "../find-code.js";

/** A setting kept in a module attribute is read where it is used, when the program runs. Only where every use stands in a function's body. */
export const readSettingLate: ProposeChange = (finding, input) => {
  const { project, textOf } = input.analysis;
  const text = textOf(finding.place.path);
  const module = project.files.get(finding.place.path)?.modules.find(({ span }) => contains(span, finding.location.span));
  const attribute = module?.attributes.find(({ span }) => contains(span, finding.location.span));
  const { holders } = finding.slots;
  if (
    text === null ||
    module === undefined ||
    attribute === undefined ||
    attribute.value === null ||
    !Array.isArray(holders) ||
    holders.length > 1
  )
    return null;
  const uses = usesOf(module, attribute);
  const mentions = text.slice(module.span.start, module.span.end).match(new RegExp(`@${attribute.name}\\b`, "g")) ?? [];
  const read = writtenAt(text, attribute.value.span);
  if (uses.length === 0 || mentions.length !== uses.length + 1 || read.includes("\n") || attribute.value.kind !== "call") return null;
  const line = wholeLine(attribute.span, text);
  if (line === null) return null;
  const pastLine = uses.some((span) => lineAround(span, text).length - (span.end - span.start) + read.length > 98);
  if (pastLine) return null;
  return editOf(finding, input, `Read \`@${attribute.name}\` when it is needed`, [
    { span: line, text: "" },
    ...uses.map((span) => ({ span, text: read })),
  ]);
};

function usesOf(module: ModuleFacts, { name }: ModuleAttribute): Span[] {
  const bodies = module.functions.flatMap(({ kind, clauses }) => (kind === "macro" ? [] : clauses.flatMap(({ body }) => body ?? [])));
  return bodies.flatMap((body) => collect(body, "attribute").flatMap((use) => (use.name === name ? [use.span] : [])));
}

/** The attribute's line with its line feed, and one of the blank lines around it when it stands alone. */
function wholeLine({ start, end }: Span, text: string): Span | null {
  const from = text.lastIndexOf("\n", start - 1) + 1;
  const to = text.indexOf("\n", end);
  if (to < 0 || text.slice(from, start).trim() !== "" || text.slice(end, to).trim() !== "") return null;
  const isAlone = /(\n|\bdo)\n$/.test(text.slice(0, from)) && text.startsWith("\n", to + 1);
  return { start: from, end: isAlone ? to + 2 : to + 1 };
}

function lineAround({ start, end }: Span, text: string): string {
  const to = text.indexOf("\n", end);
  return text.slice(text.lastIndexOf("\n", start - 1) + 1, to < 0 ? text.length : to);
}
