import { diffLines } from "diff";
import type { FileChange, Patch } from "../model/patch.js";
import { filesOf } from "./define.js";

/** Many patches as one set of files. */
export interface Combined {
  readonly files: readonly FileChange[];
  readonly taken: readonly Patch[];
  /** Those that change lines which an earlier one changes too: they can be made again after it. */
  readonly left: readonly Patch[];
}

/** Some lines of a text, counted from 0, and what stands in their place. */
interface LineEdit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** Puts patches against the same texts together, line by line; the first to change a line has it. */
export function combinePatches(patches: readonly Patch[]): Combined {
  const files = new Map<string, { readonly before: string | null; readonly edits: readonly LineEdit[] }>();
  const taken: Patch[] = [];
  const left: Patch[] = [];
  for (const patch of patches) {
    const changes = filesOf(patch).map((file) => ({ ...file, edits: editsOf(file) }));
    if (changes.some(({ path, edits }) => edits.some((edit) => files.get(path)?.edits.some((other) => clash(edit, other)) === true))) {
      left.push(patch);
      continue;
    }
    taken.push(patch);
    for (const { path, before, edits } of changes) {
      const known = files.get(path)?.edits ?? [];
      files.set(path, { before, edits: [...known, ...edits.filter((edit) => !known.some((other) => isSame(edit, other)))] });
    }
  }
  return { files: [...files].map(([path, { before, edits }]) => ({ path, before, after: applied(before ?? "", edits) })), taken, left };
}

function editsOf({ before, after }: FileChange): LineEdit[] {
  const edits: LineEdit[] = [];
  let line = 0;
  for (const part of diffLines(before ?? "", after)) {
    const last = edits.at(-1);
    if (part.added && last !== undefined && last.to === line) edits[edits.length - 1] = { ...last, text: last.text + part.value };
    else if (part.added) edits.push({ from: line, to: line, text: part.value });
    else if (part.removed) edits.push({ from: line, to: line + part.count, text: "" });
    if (!part.added) line += part.count;
  }
  return edits;
}

/** Two edits of the same lines, or of the same gap, unless they are one and the same. */
function clash(one: LineEdit, other: LineEdit): boolean {
  if (isSame(one, other)) return false;
  const isGap = one.from === other.from && (one.from === one.to || other.from === other.to);
  return isGap || (one.from < other.to && other.from < one.to);
}

function isSame(one: LineEdit, other: LineEdit): boolean {
  return one.from === other.from && one.to === other.to && one.text === other.text;
}

function applied(before: string, edits: readonly LineEdit[]): string {
  const lines = before.split(/(?<=\n)/);
  const ordered = [...edits].sort((one, other) => other.from - one.from);
  for (const { from, to, text } of ordered) lines.splice(from, to - from, text);
  return lines.join("");
}
