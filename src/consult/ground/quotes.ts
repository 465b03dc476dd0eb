/** Where a quote stands in the source, or why it can't be trusted. Lines are 1-based. */
export type Located =
  { readonly kind: "found"; readonly line: number; readonly endLine: number } | { readonly kind: "lost"; readonly reason: string };

/** How far from the claimed line an ambiguous quote may be. */
const tolerance = 5;
const shortest = 3;

/**
 * Finds a quote in a text, white space aside: at the claimed line, else at its only place, else at the nearest place within
 * five lines. Anything else is lost.
 */
export function locateQuote(text: string, quote: string, claimed: number): Located {
  const wanted = collapse(withoutLineNumbers(quote));
  if (wanted.length < shortest) return { kind: "lost", reason: "its quote is too short to be found" };
  const places = occurrences(text, wanted);
  const exact = places.find((place) => place.line === claimed);
  if (exact !== undefined) return { kind: "found", ...exact };
  const [only, ...others] = places;
  if (only === undefined) return { kind: "lost", reason: "its quote is not in the file" };
  if (others.length === 0) return { kind: "found", ...only };
  const nearest = places
    .map((place) => ({ place, distance: Math.abs(place.line - claimed) }))
    .sort((left, right) => left.distance - right.distance);
  const [first, second] = nearest;
  if (first === undefined || first.distance > tolerance || first.distance === second?.distance)
    return { kind: "lost", reason: `its quote stands at ${places.length} places and none is the claimed line` };
  return { kind: "found", ...first.place };
}

function occurrences(text: string, wanted: string): { line: number; endLine: number }[] {
  const starts: { readonly at: number; readonly line: number }[] = [];
  let whole = "";
  for (const [index, line] of text.split("\n").entries()) {
    const written = collapse(line);
    if (written === "") continue;
    starts.push({ at: whole.length, line: index + 1 });
    whole += `${written} `;
  }
  const found: { line: number; endLine: number }[] = [];
  for (let at = whole.indexOf(wanted); at !== -1; at = whole.indexOf(wanted, at + 1))
    found.push({ line: lineAt(starts, at), endLine: lineAt(starts, at + wanted.length - 1) });
  return found.filter((place, index) => found.findIndex((other) => other.line === place.line) === index);
}

function lineAt(starts: readonly { readonly at: number; readonly line: number }[], offset: number): number {
  return starts.findLast((start) => start.at <= offset)?.line ?? 1;
}

function collapse(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/** The material has `  12| ` before each line; a quote copied with it is still a quote. */
function withoutLineNumbers(quote: string): string {
  return quote.replace(/^\s*\d+\| ?/gm, "");
}
