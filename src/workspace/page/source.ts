import "./style/source.css";

interface Marked {
  readonly first: number;
  readonly last: number;
}

/** `#L11` or `#L11-L14`, in either order; null for any other fragment. */
function readFragment(fragment: string): Marked | null {
  const match = /^#L(\d{1,9})(?:-L?(\d{1,9}))?$/.exec(fragment);
  if (match === null) return null;
  const ends = [Number(match[1]), Number(match[2] ?? match[1])];
  return { first: Math.min(...ends), last: Math.max(...ends) };
}

function sentenceOf({ first, last }: Marked, count: number): string {
  if (first < 1 || first > count) return `has ${count} ${count === 1 ? "line" : "lines"}, so there is no line ${first}`;
  return first === last ? `line ${first}` : `lines ${first}–${Math.min(last, count)}`;
}

/** Marks the lines the address names, says which they are and brings the first into view. */
function mark(lines: readonly HTMLElement[], status: HTMLElement): void {
  const marked = readFragment(location.hash);
  lines.forEach((line, index) =>
    line.classList.toggle("is-marked", marked !== null && index + 1 >= marked.first && index + 1 <= marked.last),
  );
  status.textContent = marked === null ? "" : sentenceOf(marked, lines.length);
  if (marked !== null) lines[marked.first - 1]?.scrollIntoView({ block: "start" });
}

const lines = [...document.querySelectorAll<HTMLElement>(".line")];
const status = document.getElementById("marked");
if (location.search !== "") history.replaceState(null, "", location.pathname + location.hash);
if (status !== null) {
  mark(lines, status);
  addEventListener("hashchange", () => mark(lines, status));
}
