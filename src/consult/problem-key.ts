import type { Problem } from "../model/intervention.js";

/**
 * What a decision about a problem is kept under: the detector's fingerprint, or for what only Claude saw, its file and the
 * quoted text, which hold while the code stays the same.
 */
export function problemKey(problem: Pick<Problem, "finding" | "place">): string {
  return problem.finding ?? `claude:${problem.place.path}:${problem.place.quote.replace(/\s+/g, " ").trim()}`;
}
