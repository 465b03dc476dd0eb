import type { SourceRef } from "./source.js";

/** Who asked, and from where. Ids are Slack's, or the command line's own. */
export interface Asker {
  readonly team: string;
  readonly channel: string;
  readonly user: string;
  /** The asking message. */
  readonly ts: string;
  /** The thread's root; equal to `ts` when the message starts one. */
  readonly thread: string;
}

export const ignoredReasons = [
  "own_message",
  "bot_message",
  "not_for_guard",
  "unsupported_subtype",
  "system_message",
  "other_people_talking",
  "duplicate",
  "empty",
] as const;
export type IgnoredReason = (typeof ignoredReasons)[number];

/** Everything that can be asked of Guard, whatever door it came through. */
export type Request =
  | {
      readonly kind: "consult";
      readonly references: readonly SourceRef[];
      readonly question: string;
      readonly repository: string | null;
      readonly revision: string | null;
    }
  | { readonly kind: "audit"; readonly repository: string | null; readonly revision: string | null; readonly path: string | null }
  | { readonly kind: "followUp"; readonly question: FollowUp }
  | {
      readonly kind: "decide";
      readonly problem: string;
      readonly verdict: "accepted" | "rejected" | "deferred";
      readonly reason: string;
      readonly reach: DecisionReach;
    }
  | { readonly kind: "decisions"; readonly query: string }
  | { readonly kind: "explain"; readonly rule: string }
  | { readonly kind: "help" }
  | { readonly kind: "ignored"; readonly reason: IgnoredReason };

/** How far a decision holds: for this code alone, for its rule in this file, or for its rule in the whole repository. */
export const decisionReaches = ["place", "file", "repository"] as const;
export type DecisionReach = (typeof decisionReaches)[number];

/** What a person wants to know about an intervention in this thread. */
export type FollowUp =
  | { readonly about: "problem"; readonly problem: string; readonly text: string }
  | { readonly about: "section"; readonly section: string; readonly text: string }
  | { readonly about: "all_problems"; readonly text: string }
  | { readonly about: "source"; readonly reference: SourceRef; readonly text: string }
  | { readonly about: "proceed"; readonly option: "minimal" | "recommended" | "complete"; readonly text: string }
  | { readonly about: "question"; readonly text: string };
