/** One token of SQL. Words are lower case unless quoted; `start`/`end` are offsets into the text. */
export interface Token {
  readonly type: "word" | "string" | "number" | "punctuation";
  readonly text: string;
  readonly quoted: boolean;
  readonly start: number;
  readonly end: number;
}

// Groups by number: an object of named ones for every token takes longer than finding it.
const pattern =
  /(\s+|--[^\n]*|\/\*[\s\S]*?\*\/)|(\$([A-Za-z_]*)\$[\s\S]*?\$\3\$)|([eE]?'(?:[^']|'')*')|"((?:[^"]|"")*)"|`([^`]*)`|([A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)|(\d[\d.]*)|::|[\s\S]/g;

/** Splits SQL into tokens; comments and white space are dropped, dollar-quoted bodies are strings. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(pattern)) {
    const [whole, skipped, dollar, , string, double, tick, word, number] = match;
    if (skipped !== undefined) continue;
    const place = { start: match.index, end: match.index + whole.length };
    const quoted = double ?? tick;
    if (quoted !== undefined) tokens.push({ type: "word", text: quoted, quoted: true, ...place });
    else if (word !== undefined) tokens.push({ type: "word", text: word.toLowerCase(), quoted: false, ...place });
    else if (number !== undefined) tokens.push({ type: "number", text: number, quoted: false, ...place });
    else if (string !== undefined || dollar !== undefined) tokens.push({ type: "string", text: whole, quoted: true, ...place });
    else tokens.push({ type: "punctuation", text: whole, quoted: false, ...place });
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
