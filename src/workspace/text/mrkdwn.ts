import { emoji } from "./emoji.js";
import { unescapeText } from "./escape.js";
import type { Inline, Rich, Section, Style } from "./rich-text.js";

const inlinePattern = new RegExp(
  [
    "`(?<code>[^`\\n]+)`",
    "<(?<token>[^<>\\n]+)>",
    "(?<![\\w:]):(?<emoji>[a-z0-9_+-]+):",
    "(?<![\\w*])\\*(?<bold>[^\\s*](?:[^*\\n]*[^\\s*])?)\\*(?![\\w*])",
    "(?<![\\w_])_(?<italic>[^\\s_](?:[^\\n]*?[^\\s_])?)_(?![\\w_])",
    "(?<![\\w~])~(?<strike>[^\\s~](?:[^~\\n]*[^\\s~])?)~(?![\\w~])",
  ].join("|"),
  "g",
);

const plain = (text: string, style: Style): Inline => {
  const shown = unescapeText(text);
  return Object.keys(style).length === 0 ? { type: "text", text: shown } : { type: "text", text: shown, style };
};

function parseToken(token: string, style: Style): Inline {
  const [target = "", label] = token.split("|", 2);
  if (/^@[UW]/.test(target)) return { type: "user", user_id: target.slice(1) };
  if (/^#[CG]/.test(target)) return { type: "channel", channel_id: target.slice(1) };
  if (target.startsWith("!subteam^")) return { type: "usergroup", usergroup_id: target.slice("!subteam^".length) };
  if (/^!(here|channel|everyone)$/.test(target)) return { type: "broadcast", range: target.slice(1) };
  if (/^(https?:\/\/|mailto:)/.test(target)) {
    const link = { type: "link" as const, url: unescapeText(target), ...(label === undefined ? {} : { text: unescapeText(label) }) };
    return Object.keys(style).length === 0 ? link : { ...link, style };
  }
  return target.startsWith("!") && label !== undefined ? plain(label, style) : plain(`<${token}>`, style);
}

/** One line or paragraph of mrkdwn as inline elements. */
export function parseInline(text: string, style: Style = {}): readonly Inline[] {
  const elements: Inline[] = [];
  let position = 0;
  const plainUpTo = (end: number): void => {
    if (end > position) elements.push(plain(text.slice(position, end), style));
  };
  for (const match of text.matchAll(inlinePattern)) {
    const { code, token, emoji: shortcode, bold, italic, strike } = match.groups ?? {};
    if (shortcode !== undefined && !emoji.has(shortcode)) continue;
    plainUpTo(match.index);
    position = match.index + match[0].length;
    if (code !== undefined) elements.push(plain(code, { ...style, code: true }));
    else if (token !== undefined) elements.push(parseToken(token, style));
    else if (shortcode !== undefined) elements.push({ type: "emoji", name: shortcode });
    else if (bold !== undefined) elements.push(...parseInline(bold, { ...style, bold: true }));
    else if (italic !== undefined) elements.push(...parseInline(italic, { ...style, italic: true }));
    else if (strike !== undefined) elements.push(...parseInline(strike, { ...style, strike: true }));
  }
  plainUpTo(text.length);
  return elements;
}

type LineKind = "quote" | "bullet" | "ordered" | "prose";
const linePattern = /^(?<quote>&gt; ?)|^(?<indent> *)(?:(?<bullet>[•◦▪-] )|(?<ordered>\d{1,3}\. ))/;

function readLine(line: string): { readonly kind: LineKind; readonly indent: number; readonly text: string } {
  const match = linePattern.exec(line);
  const text = line.slice(match?.[0].length ?? 0);
  const indent = Math.min(4, Math.floor((match?.groups?.["indent"] ?? "").length / 2));
  if (match?.groups?.["quote"] !== undefined) return { kind: "quote", indent: 0, text };
  if (match?.groups?.["bullet"] !== undefined) return { kind: "bullet", indent, text };
  if (match?.groups?.["ordered"] !== undefined) return { kind: "ordered", indent, text };
  return { kind: "prose", indent: 0, text: line };
}

const section = (text: string): Section => ({ type: "rich_text_section", elements: parseInline(text) });

function parseProse(text: string): readonly Rich[] {
  const groups: { kind: LineKind; indent: number; lines: string[] }[] = [];
  for (const line of text.split("\n").map(readLine)) {
    const last = groups.at(-1);
    if (last?.kind === line.kind && last.indent === line.indent) last.lines.push(line.text);
    else groups.push({ kind: line.kind, indent: line.indent, lines: [line.text] });
  }
  return groups.map(({ kind, indent, lines }): Rich => {
    if (kind === "quote") return { type: "rich_text_quote", elements: parseInline(lines.join("\n")) };
    if (kind === "prose") return section(lines.join("\n"));
    return { type: "rich_text_list", style: kind, indent, elements: lines.map(section) };
  });
}

/** Slack's mrkdwn as rich_text elements; text between ``` fences is taken literally. */
export function parseMrkdwn(text: string): readonly Rich[] {
  return text.split(/```(?:\n)?([\s\S]*?)\n?```/).flatMap((part, index): readonly Rich[] => {
    if (index % 2 === 1) return [{ type: "rich_text_preformatted", elements: [{ type: "text", text: unescapeText(part) }] }];
    const prose = index === 0 ? part : part.replace(/^\n/, "");
    return prose === "" ? [] : parseProse(prose.replace(/\n$/, ""));
  });
}
