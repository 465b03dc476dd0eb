import { diffLines } from "diff";
import type { Patch, ProofAnswer } from "../model/patch.js";
import type { FormatElixir } from "../model/ports.js";

/** Whether Elixir parses the patched file and its formatter would leave the lines the patch writes as they are. Lines that stood before are not judged. */
export async function proveFormatted(patch: Pick<Patch, "path" | "before" | "after">, settings: string | null, format: FormatElixir) {
  if (!/\.exs?$/.test(patch.path)) return { answer: "not run", why: "templates are formatted by a plugin of the project" } as const;
  const formatted = await format({ text: patch.after, before: patch.before, settings });
  if (formatted.kind === "unavailable") return { answer: "not run", why: formatted.why } as const;
  if (formatted.kind === "unreadable") return { answer: "no", why: `Elixir cannot parse it: ${firstLine(formatted.why)}` } as const;
  return judge(patch, formatted.text);
}

function judge({ before, after }: Pick<Patch, "before" | "after">, formatted: string): ProofAnswer {
  const written = linesChanged(before ?? "", after);
  const line = [...linesReplaced(after, formatted)].find((number) => written.has(number));
  return line === undefined ? { answer: "yes" } : { answer: "no", why: `the formatter would write line ${line} another way` };
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

/** Numbers of the lines of `text` that the formatter would not leave; a line it would only put in counts for the one it follows. */
function linesReplaced(text: string, formatted: string): Set<number> {
  const numbers = new Set<number>();
  let line = 1;
  for (const part of diffLines(text, formatted)) {
    if (part.added) numbers.add(Math.max(1, line - 1));
    if (part.removed) for (let index = 0; index < part.count; index += 1) numbers.add(line + index);
    if (!part.added) line += part.count;
  }
  return numbers;
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}

/** The project's formatter settings that hold for a file: the nearest `.formatter.exs` above it. */
export function settingsFor(path: string, textOf: (path: string) => string | null): string | null {
  const folders = path.split("/").slice(0, -1);
  for (let depth = folders.length; depth >= 0; depth -= 1) {
    const settings = textOf([...folders.slice(0, depth), ".formatter.exs"].join("/"));
    if (settings !== null) return settings;
  }
  return null;
}
