import { combinePatches } from "../fixes/combine.js";
import { unifiedDiff } from "../fixes/edit.js";
import { formatPatch } from "../fixes/formatted.js";
import { holds } from "../fixes/prove.js";
import { tryPatches } from "../fixes/propose.js";
import type { Analysis, AuditedFinding } from "../model/audit.js";
import type { FileChange, Patch } from "../model/patch.js";
import type { FormatElixir, ParseSource } from "../model/ports.js";

/** Every proved patch of a project, put together. */
export interface FixedProject {
  readonly files: readonly FileChange[];
  /** One unified diff of all files; empty when there is nothing to change. */
  readonly diff: string;
  readonly taken: readonly Patch[];
  /** Proved, but on lines that another patch changes first. */
  readonly left: readonly Patch[];
  /** Made, and refused by their proof. */
  readonly refused: readonly Patch[];
}

/** Mends what findings have mechanical fixes for. Nothing is written: the caller has the texts. */
export async function fixProject(
  analysis: Analysis,
  findings: readonly AuditedFinding[],
  { parse, format }: { readonly parse: ParseSource; readonly format: FormatElixir },
): Promise<FixedProject> {
  const tried = tryPatches(analysis, findings, parse, Infinity);
  const proved = tried.filter(({ proof }) => holds(proof));
  const formatted = await Promise.all(proved.map((patch) => formatPatch(patch, analysis.textOf, format)));
  const { files, taken, left } = combinePatches(formatted.filter(({ proof }) => holds(proof)));
  return {
    files,
    diff: files.map(unifiedDiff).join(""),
    taken,
    left,
    refused: [...tried.filter(({ proof }) => !holds(proof)), ...formatted.filter(({ proof }) => !holds(proof))],
  };
}
