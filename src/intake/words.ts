import { sectionNames } from "../model/intervention.js";
import type { SectionName } from "../model/intervention.js";
import type { DecisionReach, FollowUp, Request } from "../model/request.js";
import type { SourceRef } from "../model/source.js";
import { readAudit } from "./audit-words.js";

/** What must be known besides the words: what they point at, where they were said, and which repository names mean something. */
export interface Situation {
  readonly references: readonly SourceRef[];
  /** Guard has answered in this thread. */
  readonly answered: boolean;
  /** Said to Guard: a mention, a direct message or a command. Other words count only in a recognised follow-up. */
  readonly addressed: boolean;
  readonly repositories: readonly string[];
}

/** Turns cleaned words into a Request. Words nobody said to Guard are ignored unless they are a follow-up to its answer. */
export function readWords(words: string, situation: Situation): Request {
  const line = words.trim();
  const conversation = situation.answered ? (readDecision(line) ?? readFollowUp(line, situation)) : null;
  if (conversation !== null) return conversation;
  if (!situation.addressed) return { kind: "ignored", reason: situation.answered ? "other_people_talking" : "not_for_guard" };
  return readCommandWords(line, situation) ?? readDecision(line) ?? readFollowUp(line, situation) ?? readQuestion(line, situation);
}

/** "stop", "please stop", "cancel", "never mind". */
export function saysStop(words: string): boolean {
  return /^(?:please\s+)?(?:stop|cancel|abort|never\s?mind)(?:\s+(?:it|that|this|please|now|the\s+(?:review|audit)))*[\s.!]*$/i.test(
    words.trim(),
  );
}

function readCommandWords(line: string, situation: Situation): Request | null {
  if (situation.references.length === 0 && /^(?:help|hi|hello|hey|usage|\?)?[\s.!?]*$/i.test(line)) return { kind: "help" };
  const audit = /^audit\b\s*(.*)$/is.exec(line);
  if (audit !== null) return readAudit(audit[1] ?? "", situation.repositories);
  const decisions = /^decisions\b[\s:]*(.*)$/is.exec(line);
  if (decisions !== null) return { kind: "decisions", query: (decisions[1] ?? "").trim() };
  const explain = /^explain\s+(?:the\s+)?(?:rule\s+)?`?([a-z][a-z0-9]*(?:[-_][a-z0-9]+)+)`?[\s.?!]*$/i.exec(line);
  if (explain !== null) return { kind: "explain", rule: (explain[1] ?? "").toLowerCase().replaceAll("_", "-") };
  return null;
}

const verdicts = {
  accept: "accepted",
  reject: "rejected",
  dismiss: "rejected",
  later: "deferred",
  defer: "deferred",
  postpone: "deferred",
} as const;

/** "reject 2 because the table is tiny", "accept 1", "later 3: after the release", "reject 2 everywhere because …". */
function readDecision(line: string): Request | null {
  const said =
    /^(accept|reject|dismiss|later|defer|postpone)(?:ed)?\s+(?:problem\s+|number\s+)?#?(\d+(?:\s*(?:,|and|&)\s*#?\d+)*)\b(\s+(?:everywhere|in\s+(?:this|the)(?:\s+whole)?\s+(?:file|repo(?:sitory)?|project)))?[\s:,.–—-]*(?:(?:because|since|as|for)\s+)?(.*)$/is.exec(
      line,
    );
  const verb = said?.[1]?.toLowerCase() as keyof typeof verdicts | undefined;
  if (said === null || verb === undefined) return null;
  return { kind: "decide", problem: said[2] ?? "", verdict: verdicts[verb], reason: (said[4] ?? "").trim(), reach: reachOf(said[3] ?? "") };
}

function reachOf(words: string): DecisionReach {
  if (words === "") return "place";
  return /file/i.test(words) ? "file" : "repository";
}

function readFollowUp(line: string, situation: Situation): Request | null {
  const question = readProblemQuestion(line) ?? readShow(line) ?? readProceed(line) ?? readWhatAbout(line, situation.references);
  return question === null ? null : { kind: "followUp", question };
}

/** "why is 2 critical", "why 2?", "explain 3", "more about 1". */
function readProblemQuestion(text: string): FollowUp | null {
  const asked =
    /^(?:but\s+|and\s+)?(?:why|how\s+come|how\s+so)\b[^\d\n]{0,40}#?(\d+)\b[^\n]{0,80}$/i.exec(text) ??
    /^(?:explain|more\s+(?:about|on)|tell\s+me\s+(?:more\s+)?about|details?\s+(?:of|on|about|for)|show(?:\s+me)?)\s+(?:problem\s+|number\s+)?#?(\d+)[\s.?!]*$/i.exec(
      text,
    );
  return asked === null ? null : { about: "problem", problem: asked[1] ?? "", text };
}

const sectionWords: Readonly<Record<string, SectionName>> = {
  ...Object.fromEntries(sectionNames.map((name) => [name, name])),
  migration: "migrations",
  test: "tests",
  code: "implementation",
  fix: "implementation",
  fixes: "implementation",
  docs: "documentation",
  deploy: "deployment",
  "deployment guide": "deployment",
  "rollback plan": "rollback",
  metrics: "performance",
};

/** "show the migration", "show me the tests", "show all", "show all 12". */
function readShow(text: string): FollowUp | null {
  const shown =
    /^(?:please\s+)?(?:show|give|post|print)\s+(?:me\s+|us\s+)?(?:the\s+|all\s+the\s+|all\s+)?([a-z ]*?)\s*\d*[\s.?!]*(?:please)?[\s.?!]*$/i.exec(
      text,
    );
  if (shown === null) return /^(?:all|everything|the\s+rest)[\s.?!]*$/i.test(text) ? { about: "all_problems", text } : null;
  const word = (shown[1] ?? "").toLowerCase().replace(/\s+(?:section|please)$/, "");
  if (["", "all", "everything", "problems", "rest", "findings", "of them"].includes(word)) return { about: "all_problems", text };
  const section = sectionWords[word];
  return section === undefined ? null : { about: "section", section, text };
}

/** "proceed", "go ahead with the minimal one", "yes, proceed (complete)". */
function readProceed(text: string): FollowUp | null {
  if (!/^(?:yes[,.!]?\s+)?(?:please\s+)?(?:proceed|go\s+ahead|do\s+it)\b[^\n]{0,60}$/i.test(text)) return null;
  const option = /\b(minimal|recommended|complete)\b/i.exec(text)?.[1]?.toLowerCase();
  return { about: "proceed", option: option === "minimal" || option === "complete" ? option : "recommended", text };
}

/** "what about `list/1`", "and lib/shop/orders.ex?". */
function readWhatAbout(text: string, references: readonly SourceRef[]): FollowUp | null {
  const reference = references[0];
  if (reference === undefined || !/^(?:and\s+)?(?:what|how)\s+about\b|^and\b/i.test(text)) return null;
  return { about: "source", reference, text };
}

/** Whatever else is said to Guard: code to look at, or a question about what was looked at. */
function readQuestion(line: string, situation: Situation): Request {
  const pointsAtCode = situation.references.length > 0 || /^(?:please\s+)?(?:review|check|look\s+at|consult)\b/i.test(line);
  if (situation.answered && !pointsAtCode) return { kind: "followUp", question: { about: "question", text: line } };
  return { kind: "consult", references: situation.references, question: line, repository: null, revision: null };
}
