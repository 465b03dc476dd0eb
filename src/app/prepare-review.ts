import type { Analysis } from "../model/audit.js";
import type { Consultation } from "../model/consultation.js";
import type { Decision } from "../model/decision.js";
import type { Asker } from "../model/request.js";
import type { ResolvedSource, Resolution, SourceRef } from "../model/source.js";
import type { Standards } from "../model/standards.js";
import type { OpenedTree } from "../model/tree.js";
import { findingsConcerning } from "../consult/concern.js";
import { proposePatches } from "../fixes/propose.js";
import { analyse, type AnalysisPorts } from "./analyse.js";
import type { FactsOptions } from "./collect-facts.js";
import { withPastedCode } from "./pasted-code.js";

export interface ReviewRequest {
  readonly asker: Asker;
  readonly references: readonly SourceRef[];
  /** The asker's own words; empty when there were none. */
  readonly question: string;
}

export interface PreparePorts extends AnalysisPorts {
  readonly resolve: (reference: SourceRef, asker: Asker) => Promise<Resolution>;
  /** The whole tree a found source came from; null for pasted code that belongs to no repository. */
  readonly openTreeOf: (source: ResolvedSource, signal?: AbortSignal) => Promise<OpenedTree | null>;
  readonly decisionsFor: (repository: string) => Promise<readonly Decision[]>;
  readonly standards: Standards;
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
  const [first] = sources;
  if (first === undefined) return { kind: "unresolved", unresolved };

  const opened = await ports.openTreeOf(first, options.signal);
  if (opened?.kind === "failed") return { kind: "unavailable", sentence: opened.sentence };
  const decisions = await ports.decisionsFor(first.repository);
  const analysis = await analyse(withPastedCode(opened?.tree ?? null, sources), ports, { ...options, decisions });
  return { kind: "prepared", consultation: consult(request, sources, analysis, decisions, ports), analysis, unresolved };
}

function consult(
  request: ReviewRequest,
  sources: readonly ResolvedSource[],
  analysis: Analysis,
  decisions: readonly Decision[],
  ports: PreparePorts,
): Consultation {
  const findings = findingsConcerning(analysis.audit.findings, sources);
  const open = findings.filter(({ decision }) => decision === null);
  return {
    question: request.question,
    repository: sources[0]?.repository ?? "",
    commit: sources[0]?.commit ?? null,
    ...{ sources, findings, decisions },
    project: analysis.project,
    textOf: analysis.textOf,
    patches: proposePatches(analysis, open, ports.parse),
    standards: ports.standards,
    at: ports.clock(),
  };
}
