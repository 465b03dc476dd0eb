/** A half-open range of UTF-16 offsets into one file's text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A range as people read it: lines and columns are 1-based, `endColumn` is the column after the last character. */
export interface Place {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** The offset at which each line begins; the first is always 0. */
export function lineStartsOf(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** Where lines begin and how many there are: a line feed at the end does not begin another one. */
export function linesOf(text: string): { readonly lines: number; readonly lineStarts: readonly number[] } {
  const lineStarts = lineStartsOf(text);
  return { lines: lineStarts.at(-1) === text.length ? lineStarts.length - 1 : lineStarts.length, lineStarts };
}

/** The 1-based line and column of an offset, by binary search over `lineStarts`. */
export function positionOf(lineStarts: readonly number[], offset: number): { line: number; column: number } {
  let low = 0;
  let high = lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (lineStarts[low] ?? 0) + 1 };
}

/** The place of a span in the file whose line starts are given. */
export function placeOf(path: string, lineStarts: readonly number[], span: Span): Place {
  const from = positionOf(lineStarts, span.start);
  const to = positionOf(lineStarts, span.end);
  return { path, line: from.line, column: from.column, endLine: to.line, endColumn: to.column };
}

/** Whether `inner` lies wholly inside `outer`. */
export function contains(outer: Span, inner: Span): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}
