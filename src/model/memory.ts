import type { Decision } from "./decision.js";
import type { Intervention } from "./intervention.js";
import type { Asker } from "./request.js";

export type RequestState = "accepted" | "running" | "done" | "failed" | "refused" | "stopped";

/** A claimed request. `text` is the asker's words, kept only while it is open. */
export interface StoredRequest {
  readonly id: string;
  readonly asker: Asker;
  readonly state: RequestState;
  readonly text: string | null;
  readonly payload: string | null;
  readonly at: number;
}

/** What Guard answered in a thread, and on what code: enough to answer follow-ups without asking Slack. */
export interface StoredIntervention {
  readonly id: string;
  readonly request: string;
  readonly team: string;
  readonly channel: string;
  readonly thread: string;
  /** Timestamp of Guard's own message with the verdict, null until posted. */
  readonly messageTs: string | null;
  readonly repository: string;
  readonly revision: string | null;
  readonly intervention: Intervention;
  readonly at: number;
}

export type NewDecision = Omit<Decision, "id" | "at">;

/** Guard's own record of a thread: the last thing each message referred to, for "what about that file". */
export interface ThreadReference {
  readonly ts: string;
  readonly repository: string | null;
  readonly path: string;
  readonly revision: string | null;
}
