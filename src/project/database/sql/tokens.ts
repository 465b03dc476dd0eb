/** One token of SQL. Words are lower case unless quoted; `start`/`end` are offsets into the text. */
export interface Token {
  readonly type: "word" | "string" | "number" | "punctuation";
  readonly text: string;
  readonly quoted: boolean;
  readonly start: number;
  readonly end: number;
}

const pattern =
  /(?<skip>\s+|--[^\n]*|\/\*[\s\S]*?\*\/)|(?<dollar>\$(?<tag>[A-Za-z_]*)\$[\s\S]*?\$\k<tag>\$)|(?<string>[eE]?'(?:[^']|'')*')|"(?<double>(?:[^"]|"")*)"|`(?<tick>[^`]*)`|(?<word>[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)|(?<number>\d[\d.]*)|(?<punctuation>::|[\s\S])/g;

/** Splits SQL into tokens; comments and white space are dropped, dollar-quoted bodies are strings. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(pattern)) {
    const groups = match.groups ?? {};
    const place = { start: match.index, end: match.index + match[0].length };
    const quoted = groups.double ?? groups.tick;
    if (groups.skip !== undefined) continue;
    if (quoted !== undefined) tokens.push({ type: "word", text: quoted, quoted: true, ...place });
    else if (groups.word !== undefined) tokens.push({ type: "word", text: groups.word.toLowerCase(), quoted: false, ...place });
    else if (groups.number !== undefined) tokens.push({ type: "number", text: groups.number, quoted: false, ...place });
    else if (groups.string !== undefined || groups.dollar !== undefined)
      tokens.push({ type: "string", text: match[0], quoted: true, ...place });
    else tokens.push({ type: "punctuation", text: match[0], quoted: false, ...place });
  }
  return tokens;
}

/** Tokens of each statement, the semicolons left out. */
export function statementsIn(tokens: readonly Token[]): Token[][] {
  const statements: Token[][] = [[]];
  for (const token of tokens) {
    if (token.type === "punctuation" && token.text === ";") statements.push([]);
    else statements.at(-1)?.push(token);
  }
  return statements.filter((statement) => statement.length > 0);
}
