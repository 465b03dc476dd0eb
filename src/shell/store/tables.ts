import type { Generated } from "kysely";

/** One row a claimed request; `text` and `payload` are emptied when it closes. */
export interface RequestRow {
  id: string;
  team: string;
  channel: string;
  user: string;
  ts: string;
  thread: string;
  state: string;
  text: string | null;
  payload: string | null;
  at: number;
}

/** `body` is the Intervention as JSON, without its problems: those are rows of their own. */
export interface InterventionRow {
  position: Generated<number>;
  id: string;
  request: string;
  team: string;
  channel: string;
  thread: string;
  message_ts: string | null;
  repository: string;
  revision: string | null;
  body: string;
  at: number;
}

/** One problem of one intervention, in the order shown; `body` is the Problem as JSON. */
export interface ProblemRow {
  intervention: string;
  position: number;
  rule: string | null;
  fingerprint: string | null;
  path: string;
  line: number;
  severity: string;
  body: string;
}

/** `scope_key` is the fingerprint, the path, or empty for the whole repository. A decision is in force while `superseded_by` is null. */
export interface DecisionRow {
  position: Generated<number>;
  id: string;
  repository: string;
  rule: string;
  scope_kind: string;
  scope_key: string;
  verdict: string;
  reason: string;
  by: string;
  by_name: string;
  at: number;
  permalink: string | null;
  anchor_path: string;
  anchor_line: number;
  anchor_enclosing: string;
  anchor_hash: string;
  superseded_by: string | null;
}

export interface ThreadReferenceRow {
  position: Generated<number>;
  team: string;
  channel: string;
  thread: string;
  ts: string;
  repository: string | null;
  path: string;
  revision: string | null;
}

export interface MemoryTables {
  requests: RequestRow;
  interventions: InterventionRow;
  problems: ProblemRow;
  decisions: DecisionRow;
  thread_references: ThreadReferenceRow;
}

/** `checksum` is the CRC-32 of `body`, so that an entry damaged on disk is a miss and never a wrong answer. */
export interface FactsRow {
  position: Generated<number>;
  blob: string;
  path: string;
  version: string;
  body: Uint8Array;
  bytes: number;
  checksum: number;
}

/** `files` is JSON, `checksum` its CRC-32. */
export interface FolderRow {
  folder: string;
  seen_at: number;
  checksum: number;
  files: string;
}

export interface FactsTables {
  facts: FactsRow;
  folders: FolderRow;
}
