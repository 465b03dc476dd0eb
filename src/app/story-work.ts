import { costOf } from "../consult/cost.js";
import type { AnsweredQuestion } from "../model/answer.js";
import type { Analysis, AuditReport } from "../model/audit.js";
import { nearest } from "../model/nearest.js";
import type { PermalinkOf } from "../model/permalink.js";
import type { AskModel, Memory, OpenTree, ParseSource, TalkToModel } from "../model/ports.js";
import type { Prompts } from "../model/prompts.js";
import type { Standards } from "../model/standards.js";
import type { SourceTree } from "../model/tree.js";
import { auditTitle } from "../reply/audit-blocks.js";
import { countSentence } from "../reply/audit-words.js";
import { rules } from "../rules/registry.js";
import { analyse } from "./analyse.js";
import type { AnalysisPorts } from "./analyse.js";
import { auditIntervention, type LinkLines } from "./audit-intervention.js";
import { reportAudit } from "./audit.js";
import { explainRule } from "./explain.js";
import type { ElixirPorts } from "./finish-proofs.js";
import { createResolver } from "./resolve.js";
import { review } from "./review.js";
import { answerQuestion } from "./answer-question.js";
import { questionConsultation } from "./question-consultation.js";
import type {
  Audited,
  AuditRequest,
  Consulted,
  ConsultRequest,
  Questioned,
  QuestionRequest,
  StoryPorts,
  WorkOptions,
} from "./story-ports.js";

export interface StoryWorkPorts {
  readonly openTree: OpenTree;
  readonly permalinkOf: PermalinkOf;
  readonly parse: ParseSource;
  readonly analysis: AnalysisPorts;
  readonly memory: Memory;
  readonly standards: Standards;
  /** Null when no model is to be asked. */
  readonly askModel: AskModel | null;
  /** The same connection for whatever else is asked of a model. */
  readonly talk?: TalkToModel | null;
  readonly model: string | null;
  readonly prompts: Prompts;
  readonly elixir?: ElixirPorts;
  readonly tool: AuditReport["tool"];
}

/** The story's heavy work, made of the analyser, the resolver and the reviewer. */
export function createStoryWork(ports: StoryWorkPorts): Pick<StoryPorts, "consult" | "audit" | "ask" | "explain"> {
  const { talk = null } = ports;
  return {
    consult: (request, options) => consult(request, options, ports),
    audit: (request, options) => audit(request, options, ports),
    ask: talk === null ? null : (request, options) => ask(request, options, { ...ports, talk }),
    explain: (rule) => explainRule(rule, rules),
  };
}

async function consult(request: ConsultRequest, { report, signal }: WorkOptions, ports: StoryWorkPorts): Promise<Consulted> {
  const { openTree, permalinkOf, parse, analysis, memory, standards, askModel, talk = null, model, prompts } = ports;
  // The repositories come from `authorise`: whatever else is configured does not exist for this asker.
  const resolve = createResolver({
    ...{ openTree, permalinkOf, parse, referencesInThread: memory.referencesInThread },
    ...{ repositories: () => request.repositories, mayRead: () => true },
  });
  const reviewed = await review(
    { asker: request.asker, references: request.references, question: request.question },
    {
      ...{ ...analysis, parse, standards, askModel, talk, model, prompts, decisionsFor: memory.decisionsFor },
      ...(ports.elixir === undefined ? {} : { elixir: ports.elixir }),
      mayAskModel: (name) => request.repositories.find((repository) => repository.name === name)?.model !== "never",
      resolve: (reference, asker) => resolve(reference, asker, signal),
      openTreeOf: async (source, aborted) => {
        if (source.repository === "") return null;
        const repository = request.repositories.find(({ name }) => name === source.repository);
        if (repository === undefined)
          return { kind: "failed", reason: "unknown_repository", sentence: "The repository is not open here any more; ask again." };
        return openTree({ location: repository.url, revision: source.commit, defaultBranch: repository.defaultBranch }, aborted);
      },
    },
    { report, signal },
  );
  if (reviewed.kind === "unavailable") return reviewed;
  const notFound = reviewed.unresolved.map(({ sentence, candidates }) => ({ sentence, candidates }));
  if (reviewed.kind === "unresolved") return { kind: "not_found", notFound };
  const { repository, commit } = reviewed.consultation;
  return { kind: "reviewed", intervention: reviewed.intervention, repository, revision: commit, notFound };
}

async function audit(request: AuditRequest, { report, signal }: WorkOptions, ports: StoryWorkPorts): Promise<Audited> {
  const { repository, revision, path } = request;
  report({ step: "fetch", done: 0, total: null });
  const opened = await ports.openTree({ location: repository.url, revision, defaultBranch: repository.defaultBranch }, signal);
  if (opened.kind === "failed") return { kind: "unavailable", sentence: opened.sentence };
  const missing = path === null ? null : await missingPath(opened.tree, path);
  if (missing !== null) return { kind: "unavailable", sentence: missing };
  const decisions = await ports.memory.decisionsFor(repository.name);
  const analysis = await analyse(opened.tree, ports.analysis, { decisions, report, signal });
  const audited = reportAudit(under(analysis, path), {
    ...{ tool: ports.tool, minimumSeverity: "low", minimumConfidence: "likely", failOn: "high", baseline: new Set<string>() },
  });
  const verdict = `${auditTitle({ repository: repository.name, revision, path })}: ${countSentence(audited)}`;
  const { commit } = analysis.audit;
  const link: LinkLines = (file, first, last) => (commit === null ? null : ports.permalinkOf(repository, commit, file, { first, last }));
  return { kind: "audited", report: audited, intervention: auditIntervention(audited, analysis, link, verdict) };
}

async function ask(
  { question, repository, revision }: QuestionRequest,
  { report, signal }: WorkOptions,
  ports: StoryWorkPorts & { readonly talk: TalkToModel },
): Promise<Questioned> {
  const { standards, prompts, model, talk } = ports;
  const at = ports.analysis.clock();
  const told = (answer: AnsweredQuestion): Questioned => ({ answer, cost: costOf(answer.usage, standards.prices, at) });
  report({ step: "fetch", done: 0, total: null });
  const opened = await ports.openTree({ location: repository.url, revision, defaultBranch: repository.defaultBranch }, signal);
  if (opened.kind === "failed") return told({ kind: "unanswered", sentence: opened.sentence, usage: null });
  const decisions = await ports.memory.decisionsFor(repository.name);
  const analysis = await analyse(opened.tree, ports.analysis, { decisions, report, signal });
  const consultation = questionConsultation(analysis, { question, repository: repository.name, decisions, standards, at });
  const answer = await answerQuestion(consultation, { talk, prompts, model }, { report, signal });
  const { commit } = analysis.audit;
  if (answer.kind === "unanswered" || commit === null) return told(answer);
  const linked = answer.evidence.map((step) => ({
    ...step,
    permalink: ports.permalinkOf(repository, commit, step.path, { first: step.line, last: step.line }),
  }));
  return told({ ...answer, evidence: linked });
}

async function missingPath(tree: SourceTree, path: string): Promise<string | null> {
  const paths = (await tree.list()).map((entry) => entry.path);
  if (paths.some((present) => isUnder(present, path))) return null;
  const folders = new Set(paths.flatMap((present) => present.split("/").map((_, depth, parts) => parts.slice(0, depth + 1).join("/"))));
  const near = nearest(path, folders).map((name) => `\`${name}\``);
  const remedy = near.length === 0 ? "leave the path out to audit everything" : `did you mean ${near.join(", ")}?`;
  return `There is nothing under \`${path.replace(/`/g, "'")}\` at this revision: ${remedy}`;
}

/** The whole project is analysed either way; only findings under the path are told. */
function under(analysis: Analysis, path: string | null): Analysis {
  if (path === null) return analysis;
  const { audit: whole } = analysis;
  const findings = whole.findings.filter(({ place }) => isUnder(place.path, path));
  const ignored = whole.ignored.filter(({ finding }) => isUnder(finding.place.path, path));
  return { ...analysis, audit: { ...whole, findings, ignored } };
}

function isUnder(path: string, folder: string): boolean {
  const plain = folder.replace(/^\.?\/+|\/+$/g, "");
  return plain === "" || path === plain || path.startsWith(`${plain}/`);
}
