import { createHash } from "node:crypto";
import type { Problem } from "../model/intervention.js";

/**
 * What a decision about a problem is kept under: the detector's fingerprint, or for what only Claude saw, a hash of its file
 * and quoted text, which holds while the code stays the same.
 */
export function problemKey(problem: Pick<Problem, "finding" | "place">): string {
  if (problem.finding !== null) return problem.finding;
  const quoted = problem.place.quote.replace(/\s+/g, " ").trim();
  return `claude-${createHash("sha256").update(`${problem.place.path}\n${quoted}`).digest("hex").slice(0, 16)}`;
}
