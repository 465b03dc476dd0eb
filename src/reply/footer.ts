import type { Intervention, InterventionSource } from "../model/intervention.js";
import type { Block } from "../model/reply.js";
import { context } from "./blocks.js";
import { count, escape, inlineCode, oneLine, shorten } from "./text.js";

/** Who answered, on what, at what cost, and what was not read: the grey print under every verdict. */
export function footer(intervention: Intervention): readonly Block[] {
  return context([
    [modeWords(intervention), ...sourceWords(intervention.sources), costWords(intervention)].filter((part) => part !== "").join(" · "),
    unreadWords(intervention),
    droppedWords(intervention),
  ]);
}

function modeWords(intervention: Intervention): string {
  if (intervention.mode === "offline") return "Offline: detectors only, no model asked";
  const model = intervention.cost.usage?.model;
  return `Model-written, every claim checked in the source${model === undefined ? "" : ` (${escape(model)})`}`;
}

function sourceWords(sources: readonly InterventionSource[]): readonly string[] {
  const shown = sources.slice(0, 5).map((source) => {
    const lines = source.lines === null ? "" : `:${source.lines.first}-${source.lines.last}`;
    const commit = source.commit === null ? "" : ` at ${inlineCode(source.commit.slice(0, 8))}`;
    return `${escape(shorten(oneLine(source.repository), 80))} ${inlineCode(`${shorten(oneLine(source.path), 200)}${lines}`)}${commit}`;
  });
  return sources.length > 5 ? [...shown, `and ${count(sources.length - 5, "more file")}`] : shown;
}

function costWords(intervention: Intervention): string {
  const { dollars, usage } = intervention.cost;
  if (usage === null) return "";
  const tokens = usage.inputTokens + usage.outputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
  return dollars === null ? `${tokens} tokens` : `$${dollars.toFixed(3)} for ${tokens} tokens`;
}

function unreadWords(intervention: Intervention): string {
  if (intervention.unread.length === 0) return "";
  const places = intervention.unread
    .slice(0, 10)
    .map((part) => inlineCode(`${shorten(oneLine(part.path), 200)}:${part.line}-${part.endLine}`));
  const more = intervention.unread.length - places.length;
  return `Not read (the parser could not): ${places.join(", ")}${more > 0 ? ` and ${count(more, "more place")}, listed in the report` : ""}`;
}

function droppedWords(intervention: Intervention): string {
  const amount = intervention.dropped.length;
  return amount === 0
    ? ""
    : `${count(amount, "claim")} of the model dropped because the source did not bear ${amount === 1 ? "it" : "them"} out; the report counts ${amount === 1 ? "it" : "them"} by reason`;
}
