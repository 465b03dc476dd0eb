import type { AuditedFinding } from "../model/audit.js";
import type { Consultation } from "../model/consultation.js";
import type { Figure, Problem, SectionName } from "../model/intervention.js";
import type { Opinion } from "../model/opinion.js";
import type { Patch } from "../model/patch.js";

/** A problem with the finding behind it, when a detector saw it. */
export interface Raised {
  readonly problem: Problem;
  readonly finding: AuditedFinding | null;
  /** Replacement lines Claude proposed and nobody has proved. */
  readonly replacement: string | null;
}

/** What a section is written from. */
export interface Matter {
  readonly consultation: Consultation;
  readonly raised: readonly Raised[];
  /** Patches for raised problems, numbered in this order from 1. */
  readonly patches: readonly Patch[];
  readonly figures: readonly Figure[];
  readonly fired: readonly string[];
  /** What is left of Claude's words after grounding; empty strings where nothing was. */
  readonly claude: { readonly summary: string; readonly sections: Opinion["sections"] } | null;
}

/** A section of the intervention, or why it has nothing true to say. */
export type Section = { readonly kind: "said"; readonly text: string } | { readonly kind: "omitted"; readonly reason: string };

export type ComposeSection = (matter: Matter) => Section;

export function said(...parts: readonly string[]): Section {
  return { kind: "said", text: parts.filter((part) => part !== "").join("\n\n") };
}

export function omitted(reason: string): Section {
  return { kind: "omitted", reason };
}

/** Problems 1, 3 and 4. */
export function problemNumbers(problems: readonly Problem[]): string {
  const ids = problems.map((problem) => problem.id);
  const last = ids.at(-1) ?? "";
  return ids.length === 1 ? `problem ${last}` : `problems ${ids.slice(0, -1).join(", ")} and ${last}`;
}

/** Problems a patch mends. */
export function mendedBy(patch: Patch, raised: readonly Raised[]): Problem[] {
  return raised.flatMap(({ problem }) => (problem.finding !== null && patch.findings.includes(problem.finding) ? [problem] : []));
}

/** A slot's value as text, or null when the rule does not fill it. */
export function slot(finding: AuditedFinding, name: string): string | null {
  const value = finding.slots[name];
  return value === undefined || value === "" ? null : Array.isArray(value) ? value.join(", ") : String(value);
}

/** What Claude adds to a section, or nothing. */
export function claudeAdds(matter: Matter, section: SectionName & keyof Opinion["sections"]): string {
  const text = matter.claude?.sections[section].trim() ?? "";
  return text === "" ? "" : `Claude adds: ${text}`;
}
