import type { Facts, Language } from "./facts.js";
import type { StoredIntervention, StoredRequest, NewDecision, RequestState, ThreadReference } from "./memory.js";
import type { Decision } from "./decision.js";
import type { ModelAnswer, ModelRequest } from "./opinion.js";
import type { FileChange, Proof } from "./patch.js";
import type { ReplyFile, ReplyMessage, ReplyModal } from "./reply.js";
import type { Asker } from "./request.js";
import type { SyntaxNode } from "./syntax.js";
import type { TalkAnswer } from "./talk.js";
import type { OpenedTree, SourceTree, TreeRequest } from "./tree.js";

/** Text → syntax tree. Never throws for bad source: damage is marked in the tree. */
export interface ParseSource {
  (language: Language, text: string): SyntaxNode;
  /** Makes the grammars of these languages ready: Elixir's always is, and to parse one that is not is a bug. */
  readonly load?: (languages: Iterable<Language>) => Promise<void>;
}

/** A file's path in the repository and its decoded text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** Facts of many files as they are done, in any order; `index` is the file's place among `sources`. Rejects with the signal's reason when aborted. */
export type ExtractAll = (
  sources: readonly SourceFile[],
  signal?: AbortSignal,
) => AsyncIterable<readonly { readonly index: number; readonly facts: Facts }[]>;

/** Formats Elixir source as `mix format` would, running none of it. `before` is the text a change began with, `settings` the project's `.formatter.exs`. */
export type FormatElixir = (source: {
  readonly text: string;
  readonly before: string | null;
  readonly settings: string | null;
}) => Promise<Formatted>;

export type Formatted =
  | { readonly kind: "formatted"; readonly text: string }
  /** Elixir itself cannot parse it. */
  | { readonly kind: "unreadable"; readonly why: string }
  | { readonly kind: "unavailable"; readonly why: string };

/** Compiles and tests a throw-away copy of a tree with each set of changes, as `mix` does; the answers come in their order. */
export type RunProject = (
  request: { readonly tree: SourceTree; readonly patches: readonly (readonly FileChange[])[] },
  signal?: AbortSignal,
) => Promise<readonly RanProject[]>;

export type RanProject = Pick<Proof, "compiled" | "tested">;

/** Opens a folder, a configured repository's mirror or a git URL; fetches when stale or when the revision is missing. */
export type OpenTree = (request: TreeRequest, signal?: AbortSignal) => Promise<OpenedTree>;

/** Facts remembered by blob id, path and extractor version. What is loaded is given by path, a miss or a damaged entry left out; storing never fails the caller. */
export interface FactsCache {
  readonly load: (keys: readonly FactsKey[]) => Promise<ReadonlyMap<string, Facts>>;
  readonly store: (entries: readonly { readonly key: FactsKey; readonly facts: Facts }[]) => Promise<void>;
}

/** What a folder's files were when it was last listed, so that those that stand as they did are not read for their blob ids. */
export interface FolderMemory {
  /** By path; empty for a folder that is not known. */
  readonly recall: (folder: string) => Promise<ReadonlyMap<string, SeenFile>>;
  readonly remember: (folder: string, files: ReadonlyMap<string, SeenFile>) => Promise<void>;
}

/** `stamp` changes whenever the file is written, replaced or touched. */
export interface SeenFile {
  readonly stamp: string;
  readonly blob: string;
}

/** Facts as bytes and back, equal. Null for facts nested too deep to be written; `decode` throws on bytes that are no facts. */
export interface FactsCodec {
  readonly encode: (facts: Facts) => Uint8Array | null;
  readonly decode: (bytes: Uint8Array) => Facts;
}

export interface FactsKey {
  readonly blob: string;
  readonly path: string;
}

/** Sends one request to Claude and reads the streamed answer; every failure is an `unavailable` with a sentence. */
export type AskModel = (request: ModelRequest, signal?: AbortSignal) => Promise<ModelAnswer>;

/** The same for any request, tool calls included: one whole answer as it came. */
export type TalkToModel = (request: ModelRequest, signal?: AbortSignal) => Promise<TalkAnswer>;

/** Milliseconds since 1970. */
export type Clock = () => number;

/** Receives what a long job is doing; `done` of `total` counts `what` (files, steps). */
export type ReportProgress = (progress: Progress) => void;

export interface Progress {
  readonly step: "fetch" | "list" | "read" | "parse" | "join" | "rules" | "consult" | "compose";
  readonly done: number;
  readonly total: number | null;
}

/** What Guard remembers. Every write is durable when its promise resolves. */
export interface Memory {
  /** Accepts a request once per team, channel and ts; false when it was already claimed. */
  readonly claim: (request: StoredRequest) => Promise<boolean>;
  readonly finish: (id: string, state: RequestState) => Promise<void>;
  /** Requests that were accepted or running when the process last ended, oldest first. */
  readonly open: () => Promise<readonly StoredRequest[]>;
  readonly saveIntervention: (intervention: StoredIntervention) => Promise<void>;
  readonly setInterventionMessage: (id: string, messageTs: string) => Promise<void>;
  readonly intervention: (id: string) => Promise<StoredIntervention | null>;
  /** The latest intervention in a thread. */
  readonly interventionInThread: (team: string, channel: string, thread: string) => Promise<StoredIntervention | null>;
  /** Records a decision; the same scope decided again supersedes the older one. */
  readonly decide: (decision: NewDecision) => Promise<Decision>;
  /** Decisions in force for a repository. */
  readonly decisionsFor: (repository: string) => Promise<readonly Decision[]>;
  /** Decisions in force whose rule, reason, path or person contains every word of the query; all when it is empty. Newest first. */
  readonly searchDecisions: (query: string) => Promise<readonly Decision[]>;
  readonly rememberReference: (asker: Pick<Asker, "team" | "channel" | "thread">, reference: ThreadReference) => Promise<void>;
  /** Nearest first. */
  readonly referencesInThread: (team: string, channel: string, thread: string) => Promise<readonly ThreadReference[]>;
  readonly close: () => Promise<void>;
}

export interface PostTarget {
  readonly channel: string;
  /** Null posts to the channel itself. */
  readonly thread: string | null;
}

/** The one way out to Slack. Text from strangers is neutralised inside; failures are values. */
export interface Messenger {
  readonly post: (target: PostTarget, message: ReplyMessage) => Promise<Posted>;
  readonly update: (target: { readonly channel: string; readonly ts: string }, message: ReplyMessage) => Promise<Posted>;
  /** Seen by `user` alone. */
  readonly postPrivately: (target: PostTarget, user: string, message: ReplyMessage) => Promise<Posted>;
  /** Opens a dialog for whoever gave the trigger; fails when that is older than three seconds. */
  readonly openModal: (trigger: string, modal: ReplyModal) => Promise<Posted>;
  readonly upload: (target: PostTarget, file: ReplyFile) => Promise<Posted>;
  readonly react: (target: { readonly channel: string; readonly ts: string }, emoji: string) => Promise<void>;
  readonly permalink: (target: { readonly channel: string; readonly ts: string }) => Promise<string | null>;
  readonly userName: (user: string) => Promise<string>;
}

export type Posted = { readonly kind: "posted"; readonly ts: string } | { readonly kind: "failed"; readonly reason: string };

/** Structured log lines without content of messages or code. */
export interface Log {
  readonly info: (fields: Readonly<Record<string, unknown>>, message: string) => void;
  readonly warn: (fields: Readonly<Record<string, unknown>>, message: string) => void;
  readonly error: (fields: Readonly<Record<string, unknown>>, message: string) => void;
}
