import { languageOf } from "../../code/extract.js";
import { shown } from "../../model/address.js";
import type { PermalinkOf } from "../../model/permalink.js";
import { markChecked, type LineRange, type Repository, type Resolution, type SourceRef } from "../../model/source.js";
import type { SkipReason, SourceTree, TreeEntry } from "../../model/tree.js";
import { decodeSource, lineCountOf, maximumFileBytes, maximumFileLines } from "../decode.js";
import type { Home } from "./home.js";
import { unresolved, type Unresolved } from "./unresolved.js";

/** A tree of a repository that the asker may read. */
export interface OpenRepository {
  readonly repository: Repository;
  readonly tree: SourceTree;
  readonly permalinkOf: PermalinkOf;
}

export type ReadText = { readonly kind: "text"; readonly text: string } | Unresolved;

/** Text of one file of a tree, or why it cannot be reviewed. */
export async function readText(tree: SourceTree, entry: TreeEntry): Promise<ReadText> {
  if (entry.size > maximumFileBytes) return unreviewable(entry.path, "too_large");
  for await (const { bytes } of tree.read([entry]))
    return bytes === null ? unreviewable(entry.path, "not_readable") : textOf(entry.path, bytes);
  return unreviewable(entry.path, "not_readable");
}

function textOf(name: string, bytes: Uint8Array): ReadText {
  const decoded = decodeSource(bytes);
  if (decoded.kind === "skipped") return unreviewable(name, decoded.reason);
  return decoded.text.trim() === "" ? unresolved("empty", `${shown(name)} is empty: name a file with code in it.`) : decoded;
}

const reasons: Record<SkipReason, readonly [Unresolved["reason"], string]> = {
  binary: ["binary", "is binary, not source code: name a text file"],
  too_large: ["too_large", `is larger than ${maximumFileBytes / 1_000_000} MB: name a smaller file, or paste the part in question`],
  too_many_lines: [
    "too_large",
    `has more than ${maximumFileLines.toLocaleString("en")} lines: name a smaller file, or paste the part in question`,
  ],
  not_readable: ["not_readable", "could not be read: check that it is still there and may be read"],
  not_utf8_or_latin1: ["not_readable", "is neither UTF-8 nor Latin-1 text: save it as UTF-8"],
};

function unreviewable(name: string, reason: SkipReason): Unresolved {
  const [member, why] = reasons[reason];
  return unresolved(member, `${shown(name)} ${why}.`);
}

/** Vouches for a file that was read after the access check; `lines` must begin inside it, and end with it at the latest. */
export function foundInTree(open: OpenRepository, entry: TreeEntry, text: string, lines: LineRange | null): Resolution {
  const { repository, tree, permalinkOf } = open;
  const count = lineCountOf(text);
  if (lines !== null && (lines.first < 1 || lines.first > count)) {
    const sentence = `${shown(entry.path)} has ${count} lines, so there is no line ${lines.first}: name lines between 1 and ${count}.`;
    return unresolved("line_out_of_range", sentence);
  }
  const commit = tree.workingTree ? null : tree.commit;
  const source = markChecked({
    repository: repository.name,
    commit,
    path: entry.path,
    language: languageOf(entry.path),
    text,
    lines: lines === null ? null : { first: lines.first, last: Math.min(lines.last, count) },
    permalink: commit === null ? null : permalinkOf(repository, commit, entry.path),
  });
  return { kind: "found", source };
}

/** Code that came with the message itself. It belongs to no repository (then `repository` is empty) unless a home was found for it. */
export function foundInMessage(reference: Extract<SourceRef, { kind: "file" | "snippet" }>, home: Home | null): Resolution {
  const name = reference.kind === "file" ? attachedName(reference.name) : `pasted.${extensionOf[reference.language ?? "elixir"] ?? "txt"}`;
  const read = textOf(reference.kind === "file" ? name : "The pasted block", new TextEncoder().encode(reference.text));
  if (read.kind !== "text") return read;
  const { repository, path } = home ?? { repository: "", path: name };
  const source = markChecked({ repository, commit: null, path, language: languageOf(path), text: read.text, lines: null, permalink: null });
  return { kind: "found", source };
}

/** A pasted block gets the name its language would give it; without a language it is taken for Elixir. */
const extensionOf: Readonly<Record<string, string>> = {
  elixir: "ex",
  ex: "ex",
  exs: "exs",
  heex: "html.heex",
  eex: "html.eex",
  python: "py",
  javascript: "js",
  typescript: "ts",
  sql: "sql",
};

function attachedName(name: string): string {
  const last = (name.split(/[/\\]/).at(-1) ?? "").replace(/\p{Cc}/gu, "");
  return last === "" || last === ".." ? "attached.txt" : last;
}
