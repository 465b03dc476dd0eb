import type { Decision } from "./decision.js";
import type { Severity } from "./finding.js";
import type { Usage } from "./opinion.js";
import type { Patch } from "./patch.js";
import type { LineRange } from "./source.js";

export const sectionNames = [
  "detection",
  "performance",
  "security",
  "implementation",
  "migrations",
  "tests",
  "documentation",
  "monitoring",
  "deployment",
  "rollback",
] as const;
export type SectionName = (typeof sectionNames)[number];

/** One problem as the reply tells it: place, consequence, fix, each from code or checked against it. */
export interface Problem {
  /** `1`, `2`, … in the order shown; people say "why is 2 critical". */
  readonly id: string;
  /** Fingerprint of the detector finding behind it; null when only the model saw it. */
  readonly finding: string | null;
  readonly rule: string | null;
  readonly title: string;
  readonly place: { readonly path: string; readonly line: number; readonly endLine: number; readonly quote: string };
  readonly permalink: string | null;
  readonly consequence: string;
  readonly fix: string;
  readonly severity: Severity;
  readonly origin: "detector" | "claude" | "both";
  /** What a decision about it will be tied to; absent when the code under it was not analysed (a pasted block). */
  readonly anchor?: Decision["anchor"];
  readonly evidence: readonly { readonly path: string; readonly line: number; readonly note: string; readonly permalink: string | null }[];
}

/** A number in the reply with where it comes from. A figure without a derivation is not made. */
export interface Figure {
  readonly text: string;
  readonly value: number;
  readonly unit: string;
  readonly derivation: string;
}

/** Why something the model said was left out. */
export const dropReasons = [
  "place",
  "name",
  "number",
  "contradicted",
  "address",
  "voice",
  "doubtful",
  "incomplete",
  "settled",
  "repeated",
  "refuted",
] as const;
export type DropReason = (typeof dropReasons)[number];

/** What the model said and code or a second call refused. Its words are data for whoever reads the JSON; a reply counts them by `kind`. */
export interface Dropped {
  readonly claim: string;
  readonly reason: string;
  /** Absent in interventions stored before there were kinds. */
  readonly kind?: DropReason;
}

/** One of the ways to go on: what would be changed, by problem id. */
export interface Option {
  readonly name: "minimal" | "recommended" | "complete";
  readonly summary: string;
  readonly problems: readonly string[];
  readonly patches: readonly number[];
}

/** What was looked at. */
export interface InterventionSource {
  readonly repository: string;
  readonly commit: string | null;
  readonly path: string;
  readonly lines: LineRange | null;
  readonly permalink: string | null;
}

/** The whole reply before it is put into any format. Sections are Markdown; one with nothing true to say is in `omitted`. */
export interface Intervention {
  readonly mode: "claude" | "offline";
  /** One line said when the model was meant to answer and did not. */
  readonly notice: string | null;
  readonly verdict: string;
  readonly sources: readonly InterventionSource[];
  readonly problems: readonly Problem[];
  readonly sections: Readonly<Partial<Record<SectionName, string>>>;
  readonly omitted: readonly { readonly section: SectionName; readonly reason: string }[];
  readonly options: readonly Option[];
  readonly patches: readonly Patch[];
  readonly figures: readonly Figure[];
  readonly dropped: readonly Dropped[];
  /** Settled points that were not raised again. */
  readonly decisions: readonly Decision[];
  /** Parts of the reviewed files the parser could not read. */
  readonly unread: readonly { readonly path: string; readonly line: number; readonly endLine: number }[];
  readonly triggersFired: readonly string[];
  readonly question: string;
  readonly cost: Cost;
}

/** `dollars` is null when no price is known for the model; `derivation` says how it was computed. */
export interface Cost {
  readonly usage: Usage | null;
  readonly dollars: number | null;
  readonly derivation: string;
}
