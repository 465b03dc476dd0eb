import type { Span } from "../../model/span.js";
import type { CodeToken, NoteToken, OpenToken, Token } from "./tokens.js";

/** A template as a tree: tags hold what stands between them, `<%= … do %>` holds its parts. */
export type TemplateNode = CodeToken | NoteToken | ElementNode | BlockNode;

export interface ElementNode {
  readonly kind: "element";
  readonly open: OpenToken;
  readonly children: TemplateNode[];
  /** What stands between the tags; null when the tag closes itself. */
  inside: Span | null;
  span: Span;
}

/** Code that spans several tags: each part's code, and the template up to the next part. `end` is the closing tag's code. */
export interface BlockNode {
  readonly kind: "block";
  readonly parts: BlockPart[];
  end: Span | null;
  span: Span;
}

export interface BlockPart {
  readonly code: Span;
  readonly children: TemplateNode[];
  /** Between this part's tag and the next. */
  inside: Span;
}

type Holder = ElementNode | BlockNode;

/** What is open, outermost first; `blocks` are the places of code blocks among them. */
interface Open {
  readonly holders: Holder[];
  readonly blocks: number[];
}

/** Nests tokens. Tags that are never closed end where what holds them ends; closing tags without an opening are passed over. */
export function buildTree(text: string, tokens: readonly Token[], span: Span): TemplateNode[] {
  const roots: TemplateNode[] = [];
  const open: Open = { holders: [], blocks: [] };
  for (const token of tokens) {
    if (token.kind === "close") closeElement(open, token.name, token.span);
    else if (token.kind === "open") {
      const element = elementOf(token);
      add(element, open, roots);
      if (element.inside !== null) open.holders.push(element);
    } else if (token.kind === "note" || token.form === "curly") add(token, open, roots);
    else placeCode(text, token, open, roots);
  }
  closeDownTo(open, 0, span.end);
  return roots;
}

function add(node: TemplateNode, open: Open, roots: TemplateNode[]): void {
  const holder = open.holders.at(-1);
  if (holder === undefined) roots.push(node);
  else if (holder.kind === "element") holder.children.push(node);
  else holder.parts.at(-1)?.children.push(node);
}

const voidElements: ReadonlySet<string> = new Set("area base br col embed hr img input link meta param source track wbr".split(" "));

function elementOf(open: OpenToken): ElementNode {
  const holds = !open.selfClosing && !voidElements.has(open.name);
  const inside = holds ? { start: open.span.end, end: open.span.end } : null;
  return { kind: "element", open, children: [], inside, span: open.span };
}

function placeCode(text: string, token: CodeToken, open: Open, roots: TemplateNode[]): void {
  const role = roleOf(text.slice(token.code.start, token.code.end));
  if (role === "whole") add(token, open, roots);
  else if (role === "start") {
    const block: BlockNode = { kind: "block", parts: [partOf(token)], end: null, span: token.span };
    add(block, open, roots);
    open.blocks.push(open.holders.length);
    open.holders.push(block);
  } else continueBlock(role, token, open);
}

function continueBlock(role: "middle" | "end", token: CodeToken, open: Open): void {
  const held = open.blocks.at(-1);
  const block = held === undefined ? undefined : open.holders[held];
  if (held === undefined || block?.kind !== "block") return;
  closeDownTo(open, held + 1, token.span.start);
  endPart(block, token.span.start);
  if (role === "middle") block.parts.push(partOf(token));
  else {
    block.end = token.code;
    open.holders.pop();
    open.blocks.pop();
  }
  block.span = { start: block.span.start, end: token.span.end };
}

function partOf(token: CodeToken): BlockPart {
  return { code: token.code, children: [], inside: { start: token.span.end, end: token.span.end } };
}

function endPart(block: BlockNode, at: number): void {
  const part = block.parts.at(-1);
  if (part !== undefined) part.inside = { start: part.inside.start, end: at };
}

// Bounds the search for an opening that is not there.
const furthestOpening = 500;

function closeElement(open: Open, name: string, closing: Span): void {
  const highest = Math.max(0, open.holders.length - furthestOpening);
  for (let index = open.holders.length - 1; index >= highest; index -= 1) {
    const holder = open.holders[index];
    if (holder?.kind !== "element") return;
    if (holder.open.name !== name) continue;
    closeDownTo(open, index, closing.start);
    holder.span = { start: holder.span.start, end: closing.end };
    return;
  }
}

function closeDownTo(open: Open, length: number, at: number): void {
  while (open.holders.length > length) {
    const holder = open.holders.pop();
    if (holder === undefined) return;
    holder.span = { start: holder.span.start, end: at };
    if (holder.kind === "element") holder.inside = { start: holder.open.span.end, end: at };
    else {
      endPart(holder, at);
      open.blocks.pop();
    }
  }
}

/** Whether code in a tag opens a block, goes on with one, ends one, or stands alone. */
export function roleOf(code: string): "start" | "middle" | "end" | "whole" {
  const trimmed = code.trim();
  if (/^end\b(?![?!:=]|\s*=)/.test(trimmed)) return "end";
  if (/^(else|after|catch|rescue)$/.test(trimmed)) return "middle";
  if (/\bdo(\s*#.*)?$/.test(trimmed)) return "start";
  if (!trimmed.endsWith("->")) return "whole";
  return /\bfn\b[^\n]*->$/.test(trimmed) || /\bdo\s[^\n]*->$/.test(trimmed) ? "start" : "middle";
}
