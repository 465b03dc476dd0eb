import type { Location } from "./project.js";
import type { Place } from "./span.js";

export const severities = ["critical", "high", "medium", "low"] as const;
export type Severity = (typeof severities)[number];

export const confidences = ["certain", "likely", "possible"] as const;
export type Confidence = (typeof confidences)[number];

export const areas = [
  "data",
  "migrations",
  "processes",
  "errors",
  "async",
  "resources",
  "web",
  "security",
  "tests",
  "configuration",
  "duplication",
  "caching",
  "framework",
] as const;
export type Area = (typeof areas)[number];

export const triggers = [
  "n_plus_one",
  "missing_error_handling",
  "synchronous_when_should_be_async",
  "database_query_in_loop",
  "missing_indexes",
  "resource_leak",
  "hardcoded_values",
  "no_tests",
  "sql_injection_risk",
  "missing_auth",
  "critical_pattern",
  "advice",
] as const;
export type Trigger = (typeof triggers)[number];

/** The small values a rule found; its sentences are made of nothing else. */
export type Slots = Readonly<Record<string, string | number | readonly string[]>>;

/** What a detector found at one place. Holds no prose: the rule turns the slots into words. */
export interface Finding {
  readonly rule: string;
  readonly trigger: Trigger;
  readonly area: Area;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly cwe: readonly string[];
  readonly location: Location;
  readonly place: Place;
  /** Verbatim source text of the span. */
  readonly text: string;
  readonly slots: Slots;
  /** Other places that make it true, in the order they should be read. */
  readonly evidence: readonly Evidence[];
  /** The definition that encloses it (`MyApp.Accounts.list_users/1`), else the module or the path. */
  readonly enclosing: string;
  /** Survives moved lines: hash of rule, enclosing definition, normalised text and ordinal among equals. */
  readonly fingerprint: string;
  /** Id of a fix in `fixes/`, else null. */
  readonly fix: string | null;
}

export interface Evidence {
  readonly place: Place;
  readonly note: string;
  /** Only what the finding is measured against, such as a guarded peer or a tested sibling: the code there neither causes it nor suffers from it. */
  readonly comparison?: true;
}

/** A finding in words, as its rule says it. */
export interface DescribedFinding extends Finding {
  readonly message: string;
  readonly why: string;
  readonly instead: string;
}

/** Lower is more severe; for sorting and thresholds. */
export function severityRank(severity: Severity): number {
  return severities.indexOf(severity);
}
