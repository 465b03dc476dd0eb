import type { DecisionScope } from "../model/decision.js";
import type { Confidence, Severity } from "../model/finding.js";

export const listFormats = ["pretty", "json"] as const;
export type ListFormat = (typeof listFormats)[number];

export const auditFormats = ["pretty", "json", "sarif", "junit", "markdown"] as const;

export interface AuditFlags {
  readonly ref?: string;
  readonly since?: string;
  readonly only?: readonly string[];
  readonly minSeverity: Severity;
  readonly minConfidence: Confidence;
  readonly format: (typeof auditFormats)[number];
  readonly failOn: Severity;
  readonly baseline?: string;
  readonly coverage?: string;
  readonly cache: boolean;
  readonly all: boolean;
}

export const reviewFormats = ["pretty", "markdown", "json"] as const;

export interface ReviewFlags {
  readonly repo: string;
  readonly ref?: string;
  readonly ask: string;
  readonly offline: boolean;
  readonly format: (typeof reviewFormats)[number];
  readonly dumpRequest: boolean;
  readonly modelAnswer?: string;
}

export interface FixFlags {
  readonly ref?: string;
  readonly rule?: readonly string[];
  readonly minConfidence: Confidence;
  readonly write: boolean;
  readonly patch?: string;
}

export interface AskFlags {
  readonly ref?: string;
  readonly format: (typeof reviewFormats)[number];
}

export const decisionScopes = ["finding", "file", "repository"] as const;

export interface DecideFlags {
  readonly reason: string;
  readonly repo: string;
  readonly ref?: string;
  readonly scope: DecisionScope["kind"];
}

export interface EvalFlags {
  readonly cases: string;
  readonly clean: string;
  readonly mirrors: string;
  readonly disputed?: string;
  readonly kind?: readonly string[];
  readonly format: ListFormat;
  readonly all: boolean;
}
