import { diffLines } from "diff";
import type { FileChange, Patch, ProofAnswer } from "../model/patch.js";
import type { FormatElixir } from "../model/ports.js";
import { filesOf } from "./define.js";
import { unifiedDiff } from "./edit.js";

/**
 * The patch as Elixir's formatter would set the lines it writes, and whether Elixir parses every file of it. Lines that stood before are
 * left as they are. Where there is no Elixir the patch stays as it is and its step says so.
 */
export async function formatPatch(patch: Patch, textOf: (path: string) => string | null, format: FormatElixir): Promise<Patch> {
  const files = await Promise.all(filesOf(patch).map((file) => formatFile(file, settingsFor(file.path, textOf), format)));
  const [first, ...others] = files.map(({ file }) => file);
  const formatted = files.map(({ answer }) => answer).find(({ answer }) => answer !== "yes") ?? { answer: "yes" as const };
  const proof = { ...patch.proof, formatted };
  if (first === undefined || files.every(({ file }, index) => file.after === filesOf(patch)[index]?.after)) return { ...patch, proof };
  const diff = [first, ...others].map(unifiedDiff).join("");
  return { ...patch, ...first, ...(others.length === 0 ? {} : { further: others }), diff, proof };
}

interface FormattedFile {
  readonly file: FileChange;
  readonly answer: ProofAnswer;
}

async function formatFile(file: FileChange, settings: string | null, format: FormatElixir): Promise<FormattedFile> {
  if (!/\.exs?$/.test(file.path)) return { file, answer: { answer: "not run", why: "a plugin of the project formats templates" } };
  const formatted = await format({ text: file.after, before: file.before, settings });
  if (formatted.kind === "unavailable") return { file, answer: { answer: "not run", why: formatted.why } };
  if (formatted.kind === "unreadable")
    return { file, answer: { answer: "no", why: `Elixir cannot parse it: ${formatted.why.split("\n", 1)[0] ?? ""}` } };
  const after = setAnew(file, formatted.text);
  if (after === file.after) return { file, answer: { answer: "yes" } };
  const again = await format({ text: after, before: file.before, settings });
  const isStable = again.kind === "formatted" && setAnew({ ...file, after }, again.text) === after;
  return {
    file: { ...file, after },
    answer: isStable ? { answer: "yes" } : { answer: "no", why: "the formatter would set it another way" },
  };
}

/** The text with the formatter's setting wherever it touches a line that the change writes. */
function setAnew({ before, after }: FileChange, formatted: string): string {
  const written = linesChanged(before ?? "", after);
  const parts: string[] = [];
  let line = 1;
  const changes = diffLines(after, formatted);
  for (const [index, part] of changes.entries()) {
    const other = part.added ? changes[index - 1] : changes[index + 1];
    const first = part.added && other?.removed === true ? line - other.count : line;
    const length = part.removed ? part.count : part.added && other?.removed === true ? other.count : 0;
    const isOurs = touches(written, first, length);
    if ((!part.added && !part.removed) || part.added === isOurs) parts.push(part.value);
    if (!part.added) line += part.count;
  }
  return parts.join("");
}

/** Whether a written line lies among some lines, or beside the gap where the formatter puts one in. */
function touches(written: ReadonlySet<number>, first: number, length: number): boolean {
  if (length === 0) return written.has(first - 1) || written.has(first);
  return Array.from({ length }, (_, index) => first + index).some((line) => written.has(line));
}

/** Numbers of the lines of `after` that `before` has not. */
function linesChanged(before: string, after: string): Set<number> {
  const numbers = new Set<number>();
  let line = 1;
  for (const part of diffLines(before, after)) {
    if (part.removed) continue;
    if (part.added) for (let index = 0; index < part.count; index += 1) numbers.add(line + index);
    line += part.count;
  }
  return numbers;
}

/** The project's formatter settings that hold for a file: the nearest `.formatter.exs` above it. */
function settingsFor(path: string, textOf: (path: string) => string | null): string | null {
  const folders = path.split("/").slice(0, -1);
  for (let depth = folders.length; depth >= 0; depth -= 1) {
    const settings = textOf([...folders.slice(0, depth), ".formatter.exs"].join("/"));
    if (settings !== null) return settings;
  }
  return null;
}
