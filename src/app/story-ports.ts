import type { AnsweredQuestion } from "../model/answer.js";
import type { AuditReport } from "../model/audit.js";
import type { Directory, DownloadFile } from "../model/directory.js";
import type { Cost, Intervention } from "../model/intervention.js";
import type { Clock, Log, Memory, Messenger, Posted, ReportProgress } from "../model/ports.js";
import type { ReplyMessage } from "../model/reply.js";
import type { Asker } from "../model/request.js";
import type { Repository, SourceRef } from "../model/source.js";

export interface WorkOptions {
  readonly report: ReportProgress;
  readonly signal: AbortSignal;
}

/** What a person wants looked at. `repositories` are those the asker may see, here and now. */
export interface ConsultRequest {
  readonly asker: Asker;
  readonly references: readonly SourceRef[];
  readonly question: string;
  readonly repositories: readonly Repository[];
}

export interface NotFound {
  readonly sentence: string;
  readonly candidates: readonly string[];
}

export type Consulted =
  | {
      readonly kind: "reviewed";
      readonly intervention: Intervention;
      readonly repository: string;
      readonly revision: string | null;
      /** References that led nowhere while others did. */
      readonly notFound: readonly NotFound[];
    }
  | { readonly kind: "not_found"; readonly notFound: readonly NotFound[] }
  | { readonly kind: "unavailable"; readonly sentence: string };

export interface AuditRequest {
  readonly repository: Repository;
  readonly revision: string | null;
  readonly path: string | null;
}

/** `intervention` is the audit as a list of problems, so that a thread about it works like any other. */
export type Audited =
  | { readonly kind: "audited"; readonly report: AuditReport; readonly intervention: Intervention }
  | { readonly kind: "unavailable"; readonly sentence: string };

/** A question about what was reviewed in a thread, at the commit it was reviewed at. */
export interface QuestionRequest {
  readonly question: string;
  readonly repository: Repository;
  readonly revision: string | null;
}

/** `cost` is of what was asked, whether it led to an answer or not. */
export interface Questioned {
  readonly answer: AnsweredQuestion;
  readonly cost: Cost;
}

/** All the story needs from outside, as functions. */
export interface StoryPorts {
  readonly messenger: Messenger;
  /** Answers a command or a button at its `response_url`, seen by its user alone; in a thread when one is given. */
  readonly respond: (responseUrl: string, message: ReplyMessage, thread: string | null) => Promise<Posted>;
  readonly directory: Directory;
  readonly download: DownloadFile;
  readonly memory: Memory;
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: () => string;
  /** Aborts when one piece of work has taken longer than any should. */
  readonly deadline: () => AbortSignal;
  readonly repositories: () => readonly Repository[];
  readonly consult: (request: ConsultRequest, options: WorkOptions) => Promise<Consulted>;
  readonly audit: (request: AuditRequest, options: WorkOptions) => Promise<Audited>;
  /** Answers an open question by looking around the project; null where no model is to be asked. */
  readonly ask?: ((request: QuestionRequest, options: WorkOptions) => Promise<Questioned>) | null;
  /** A rule's page as Markdown, or null and the nearest names. */
  readonly explain: (rule: string) => { readonly markdown: string | null; readonly nearest: readonly string[] };
}
