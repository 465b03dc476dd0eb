const simpleEscapes: ReadonlyMap<string, string> = new Map([
  ["n", "\n"],
  ["t", "\t"],
  ["r", "\r"],
  ["s", " "],
  ["0", "\0"],
  ["a", "\x07"],
  ["b", "\b"],
  ["d", "\x7f"],
  ["e", "\x1b"],
  ["f", "\f"],
  ["v", "\v"],
  ["\n", ""],
  ["\r\n", ""],
]);

/** The text an escape such as `\n`, `\x41` or `\u{1F600}` stands for. */
export function decodeEscape(escape: string): string {
  const body = escape.slice(1);
  const simple = simpleEscapes.get(body);
  if (simple !== undefined) return simple;
  if (!/^[xu]\{?[0-9a-fA-F]+\}?$/.test(body)) return body;
  const code = Number.parseInt(body.replace(/[xu{}]/g, ""), 16);
  return code <= 0x10ffff ? String.fromCodePoint(code) : body;
}

/** Takes up to `indentation` blanks away after every line break. */
export function unindent(text: string, indentation: number): string {
  let result = "";
  let from = 0;
  for (let lineBreak = text.indexOf("\n"); lineBreak !== -1; lineBreak = text.indexOf("\n", from)) {
    result += text.slice(from, lineBreak + 1);
    from = lineBreak + 1;
    for (let taken = 0; taken < indentation && (text[from] === " " || text[from] === "\t"); taken += 1) from += 1;
  }
  return result + text.slice(from);
}
