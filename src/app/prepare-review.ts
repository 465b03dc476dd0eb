import type { Analysis } from "../model/audit.js";
import type { Consultation } from "../model/consultation.js";
import type { Decision } from "../model/decision.js";
import type { ParseSource } from "../model/ports.js";
import type { Asker } from "../model/request.js";
import type { ResolvedSource, Resolution, SourceRef } from "../model/source.js";
import type { Standards } from "../model/standards.js";
import type { OpenedTree } from "../model/tree.js";
import { findingsConcerning } from "../consult/concern.js";
import { proposePatches } from "../fixes/propose.js";
import { guardOf } from "../rules/shared/authentication.js";
import { analyse, type AnalysisPorts } from "./analyse.js";
import { anchorOf } from "./apply-decisions.js";
import type { FactsOptions } from "./collect-facts.js";
import { finishProofs, type ElixirPorts } from "./finish-proofs.js";
import { isPasted, withPastedCode } from "./pasted-code.js";

export interface ReviewRequest {
  readonly asker: Asker;
  readonly references: readonly SourceRef[];
  /** The asker's own words; empty when there were none. */
  readonly question: string;
}

export interface PreparePorts extends AnalysisPorts {
  readonly parse: ParseSource;
  readonly resolve: (reference: SourceRef, asker: Asker) => Promise<Resolution>;
  /** The whole tree a source of a repository came from; null when there is none any more, and the source then stands alone. */
  readonly openTreeOf: (source: ResolvedSource, signal?: AbortSignal) => Promise<OpenedTree | null>;
  readonly decisionsFor: (repository: string) => Promise<readonly Decision[]>;
  readonly standards: Standards;
  /** Left out, no patch is shown to Elixir. */
  readonly elixir?: ElixirPorts;
}

export type Unresolved = Extract<Resolution, { kind: "unresolved" }>;

/** Everything a review stands on before anyone is asked. */
export interface PreparedReview {
  readonly kind: "prepared";
  readonly consultation: Consultation;
  readonly analysis: Analysis;
  /** References that led nowhere while others did. */
  readonly unresolved: readonly Unresolved[];
}

export type NotPrepared =
  { readonly kind: "unresolved"; readonly unresolved: readonly Unresolved[] } | { readonly kind: "unavailable"; readonly sentence: string };

/** Resolves the references and analyses the whole project around them; what concerns them becomes the consultation. */
export async function prepareReview(
  request: ReviewRequest,
  ports: PreparePorts,
  options: FactsOptions = {},
): Promise<PreparedReview | NotPrepared> {
  const resolutions = await Promise.all(request.references.map((reference) => ports.resolve(reference, request.asker)));
  const sources = resolutions.flatMap((resolution) => (resolution.kind === "found" ? [resolution.source] : []));
  const unresolved = resolutions.filter((resolution) => resolution.kind === "unresolved");
  const first = sources.find((source) => !isPasted(source)) ?? sources[0];
  if (first === undefined) return { kind: "unresolved", unresolved };

  const opened = isPasted(first) ? null : await ports.openTreeOf(first, options.signal);
  if (opened?.kind === "failed") return { kind: "unavailable", sentence: opened.sentence };
  const decisions = await ports.decisionsFor(first.repository);
  const analysis = await analyse(withPastedCode(opened?.tree ?? null, sources), ports, { ...options, decisions });
  const consultation = consult(request, { first, sources, analysis, decisions }, ports);
  if (ports.elixir === undefined) return { kind: "prepared", consultation, analysis, unresolved };
  const patched = { textOf: analysis.textOf, tree: opened?.tree ?? null, signal: options.signal };
  const patches = await finishProofs(consultation.patches, patched, ports.elixir);
  return { kind: "prepared", consultation: { ...consultation, patches }, analysis, unresolved };
}

interface Gathered {
  /** The source that says which repository and commit this is about. */
  readonly first: ResolvedSource;
  readonly sources: readonly ResolvedSource[];
  readonly analysis: Analysis;
  readonly decisions: readonly Decision[];
}

function consult({ question }: ReviewRequest, { first, sources, analysis, decisions }: Gathered, ports: PreparePorts): Consultation {
  const findings = findingsConcerning(analysis.audit.findings, sources);
  const open = findings.filter(({ decision }) => decision === null);
  const { project, textOf } = analysis;
  return {
    ...{ question, repository: first.repository, commit: first.commit, sources, findings, decisions, project, textOf },
    anchorOf: (finding) => anchorOf(finding, project, textOf),
    guardOf: (route) => guardOf(route, project),
    ignored: analysis.audit.ignored,
    patches: proposePatches(analysis, open, ports.parse),
    ...{ standards: ports.standards, at: ports.clock() },
  };
}
