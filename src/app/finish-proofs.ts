import { filesOf } from "../fixes/define.js";
import { formatPatch } from "../fixes/formatted.js";
import { holds } from "../fixes/prove.js";
import type { Patch } from "../model/patch.js";
import type { FormatElixir, RunProject } from "../model/ports.js";
import type { SourceTree } from "../model/tree.js";

/** What Elixir itself can say about patches. */
export interface ElixirPorts {
  readonly format: FormatElixir;
  /** Null where the deployment runs no code of the repositories it reads, which is how Guard begins. */
  readonly runProject: RunProject | null;
}

/** What the patches were made for. */
export interface Patched {
  readonly textOf: (path: string) => string | null;
  /** Null for code that stands alone: there is nothing to run. */
  readonly tree: SourceTree | null;
  readonly signal?: AbortSignal | undefined;
}

/** Adds what Elixir says to the proofs; a patch that fails a step that ran is gone. */
export async function finishProofs(patches: readonly Patch[], { textOf, tree, signal }: Patched, elixir: ElixirPorts): Promise<Patch[]> {
  const formatted = await Promise.all(patches.map((patch) => formatPatch(patch, textOf, elixir.format)));
  const offered = formatted.filter(({ proof }) => holds(proof));
  if (elixir.runProject === null || tree === null || offered.length === 0) return offered;
  const ran = await elixir.runProject({ tree, patches: offered.map(filesOf) }, signal);
  return offered.map((patch, index) => ({ ...patch, proof: { ...patch.proof, ...ran[index] } })).filter(({ proof }) => holds(proof));
}
