import { scanCurly, scanTag } from "./scan-code.js";
import type { TemplateSource } from "./source.js";
import type { AttributeValue, CloseToken, CodeToken, OpenToken, TemplateAttribute } from "./tokens.js";

const opening = /[.:]?[A-Za-z][\w.:-]*/y;
const attributeName = /[^\s=>/{}"'<]+/y;
const blank = /\s*/y;
const bareValue = /[^\s>"'{]+/y;

/** The opening tag at `at`, or null when the `<` there is text or the tag is never closed. */
export function scanOpening(source: TemplateSource, at: number): OpenToken | null {
  const { text } = source;
  const name = match(opening, text, at + 1);
  if (name === "" || at > source.lastAngle) return null;
  const nameSpan = { start: at + 1, end: at + 1 + name.length };
  const attributes: TemplateAttribute[] = [];
  let position = nameSpan.end;
  for (;;) {
    position += match(blank, text, position).length;
    if (position >= source.end || (text[position] === "<" && text[position + 1] !== "%")) return null;
    if (text[position] === ">")
      return { kind: "open", name, nameSpan, attributes, selfClosing: false, span: { start: at, end: position + 1 } };
    if (text.startsWith("/>", position)) {
      return { kind: "open", name, nameSpan, attributes, selfClosing: true, span: { start: at, end: position + 2 } };
    }
    const attribute = scanAttribute(source, position);
    if (attribute !== null) attributes.push(attribute);
    position = attribute?.span.end ?? position + 1;
  }
}

/** The closing tag at `at`, or null when it is never closed. */
export function scanClosing(source: TemplateSource, at: number): CloseToken | null {
  if (at > source.lastAngle) return null;
  const close = source.text.indexOf(">", at);
  return { kind: "close", name: source.text.slice(at + 2, close).trim(), span: { start: at, end: close + 1 } };
}

function scanAttribute(source: TemplateSource, at: number): TemplateAttribute | null {
  const { text } = source;
  if (text[at] === "{") {
    const value = codeValue(source, at);
    return value === null ? null : { name: "...", nameSpan: { start: at, end: at }, value, span: value.span };
  }
  if (text.startsWith("<%", at)) return embeddedAttribute(source, at);
  const name = match(attributeName, text, at);
  if (name === "") return null;
  const nameSpan = { start: at, end: at + name.length };
  const equals = nameSpan.end + match(blank, text, nameSpan.end).length;
  if (text[equals] !== "=") return { name, nameSpan, value: null, span: nameSpan };
  const start = equals + 1 + match(blank, text, equals + 1).length;
  const value = scanValue(source, start);
  return { name, nameSpan, value, span: { start: at, end: value?.span.end ?? equals + 1 } };
}

function embeddedAttribute(source: TemplateSource, at: number): TemplateAttribute | null {
  const tag = scanTag(source, at);
  if (tag === null) return null;
  const value = tag.kind === "code" ? ({ kind: "code", code: tag.code, span: tag.span } as const) : null;
  return { name: "...", nameSpan: { start: at, end: at }, value, span: tag.span };
}

function scanValue(source: TemplateSource, at: number): AttributeValue | null {
  const { text } = source;
  const first = text[at];
  if (first === "{") return codeValue(source, at);
  if (first === '"' || first === "'") return quotedValue(source, at, first);
  if (text.startsWith("<%", at)) {
    const tag = scanTag(source, at);
    return tag?.kind === "code" ? { kind: "code", code: tag.code, span: tag.span } : null;
  }
  const bare = match(bareValue, text, at);
  return bare === "" ? null : { kind: "text", span: { start: at, end: at + bare.length }, embedded: [] };
}

function codeValue(source: TemplateSource, at: number): AttributeValue | null {
  const curly = scanCurly(source, at);
  return curly === null ? null : { kind: "code", code: curly.code, span: curly.span };
}

function quotedValue(source: TemplateSource, at: number, quote: string): AttributeValue | null {
  const { text } = source;
  const embedded: CodeToken[] = [];
  for (let position = at + 1; position < source.end; position += 1) {
    if (text[position] === quote) return { kind: "text", span: { start: at, end: position + 1 }, embedded };
    const tag = text.startsWith("<%", position) ? scanTag(source, position) : null;
    if (tag === null) continue;
    if (tag.kind === "code") embedded.push(tag);
    position = tag.span.end - 1;
  }
  return null;
}

function match(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? "";
}
