import type { Severity } from "../model/finding.js";
import { severities } from "../model/finding.js";
import { count } from "./text.js";

const signs: Readonly<Record<Severity, { readonly emoji: string; readonly word: string }>> = {
  critical: { emoji: "🔴", word: "Critical" },
  high: { emoji: "🟠", word: "High" },
  medium: { emoji: "🟡", word: "Medium" },
  low: { emoji: "🔵", word: "Low" },
};

/** Emoji and word: colour alone tells a colour-blind reader and a screen reader nothing. */
export function severitySign(severity: Severity): string {
  return `${signs[severity].emoji} *${signs[severity].word}*`;
}

/** "2 critical, 1 high"; empty when there are none. */
export function severityCounts(items: readonly { readonly severity: Severity }[]): string {
  return severities
    .map((severity) => ({ severity, amount: items.filter((item) => item.severity === severity).length }))
    .filter(({ amount }) => amount > 0)
    .map(({ severity, amount }) => `${amount} ${severity}`)
    .join(", ");
}

/** "3 problems: 1 critical, 2 medium". */
export function problemCounts(items: readonly { readonly severity: Severity }[]): string {
  return items.length === 0 ? "no problems" : `${count(items.length, "problem")}: ${severityCounts(items)}`;
}
