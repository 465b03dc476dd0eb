import { scanCurly, scanTag } from "./scan-code.js";
import { scanClosing, scanOpening } from "./scan-tags.js";
import type { TemplateSource } from "./source.js";
import type { OpenToken, Token } from "./tokens.js";

/** The pieces of an EEx template: its `<% %>` tags, whatever text they stand in. */
export function scanEex(source: TemplateSource): Token[] {
  const tokens: Token[] = [];
  scanCodeUntil(source, null, source.start, tokens);
  return tokens;
}

/** The pieces of a HEEx template: tags, `<% %>` and `{}`. In script, style, comments and under `phx-no-curly-interpolation` braces are text. */
export function scanHeex(source: TemplateSource): Token[] {
  const tokens: Token[] = [];
  const verbatim: Verbatim = { name: "", depth: 0 };
  let at = nextPiece(source, source.start);
  while (at < source.end) {
    const token = pieceAt(source, at, verbatim.depth > 0);
    if (token === null) at = nextPiece(source, afterText(source, at, tokens));
    else {
      tokens.push(token);
      const raw = token.kind === "open" && !token.selfClosing && rawBodies.has(token.name);
      at = nextPiece(source, raw ? scanRawBody(source, token, tokens) : token.span.end);
      follow(verbatim, token);
    }
  }
  return tokens;
}

/** The element under which braces are text, and how many of its name are open inside each other; depth 0 when there is none. */
interface Verbatim {
  name: string;
  depth: number;
}

function follow(verbatim: Verbatim, token: Token): void {
  if (token.kind === "close" && verbatim.depth > 0 && verbatim.name === token.name) verbatim.depth -= 1;
  if (token.kind !== "open" || token.selfClosing) return;
  if (verbatim.depth > 0) {
    if (verbatim.name === token.name) verbatim.depth += 1;
  } else if (token.attributes.some((attribute) => attribute.name === "phx-no-curly-interpolation")) {
    verbatim.name = token.name;
    verbatim.depth = 1;
  }
}

const rawBodies: ReadonlySet<string> = new Set(["script", "style"]);

const pieceStart = /<|\{/g;

function nextPiece(source: TemplateSource, from: number): number {
  pieceStart.lastIndex = from;
  return pieceStart.exec(source.text)?.index ?? source.end;
}

function pieceAt(source: TemplateSource, at: number, bracesAreText: boolean): Token | null {
  if (source.text[at] === "{") return bracesAreText ? null : scanCurly(source, at);
  if (source.text[at + 1] === "%") return scanTag(source, at);
  if (source.text[at + 1] === "/") return scanClosing(source, at);
  return scanOpening(source, at);
}

// A `<` or `{` that opens nothing; of a comment or doctype only the `<% %>` inside it counts.
function afterText(source: TemplateSource, at: number, tokens: Token[]): number {
  if (source.text.startsWith("<!--", at)) return scanCodeUntil(source, "-->", at + 4, tokens);
  if (source.text.startsWith("<!", at)) return scanCodeUntil(source, ">", at + 2, tokens);
  return at + (source.text.startsWith("<%%", at) ? 3 : 1);
}

function scanRawBody(source: TemplateSource, open: OpenToken, tokens: Token[]): number {
  return scanCodeUntil(source, `</${open.name}`, open.span.end, tokens);
}

/** Collects `<% %>` tags up to `closing` (null: up to the end) and gives the offset where it stands. */
function scanCodeUntil(source: TemplateSource, closing: string | null, from: number, tokens: Token[]): number {
  let at = from;
  let close = closing === null ? source.end : closingAt(source, closing, at);
  for (let tag = source.text.indexOf("<%", at); tag !== -1 && tag < close; tag = source.text.indexOf("<%", at)) {
    const token = scanTag(source, tag);
    if (token !== null) tokens.push(token);
    at = token?.span.end ?? tag + 3;
    if (closing !== null && close < at) close = closingAt(source, closing, at);
  }
  return close;
}

function closingAt(source: TemplateSource, closing: string, from: number): number {
  const close = source.text.indexOf(closing, from);
  return close === -1 || close > source.end ? source.end : close;
}
