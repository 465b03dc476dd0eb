import { readFile } from "node:fs/promises";
import { userInfo } from "node:os";
import * as z from "zod";
import { createResolver } from "../app/resolve.js";
import { prepareReview, type PreparePorts, type ReviewRequest, type Unresolved } from "../app/prepare-review.js";
import { review } from "../app/review.js";
import { buildModelRequest } from "../consult/request.js";
import { parseReferences } from "../intake/references.js";
import { splitLines } from "../intake/tokens.js";
import { Opinion } from "../model/opinion.js";
import type { AskModel } from "../model/ports.js";
import type { SourceRef } from "../model/source.js";
import { interventionMarkdown } from "../reply/intervention-markdown.js";
import { interventionJson } from "../reply/json.js";
import { paintMarkdown } from "../reply/terminal-markdown.js";
import { createPaint } from "../reply/terminal.js";
import { askThrough } from "../shell/claude/ask-model.js";
import { packageRoot } from "../shell/data/package-root.js";
import { loadPrompts } from "../shell/data/prompts.js";
import type { Console } from "./console.js";
import type { ReviewFlags } from "./flags.js";
import { couldNot, json, ran, type Outcome } from "./outcome.js";
import { openTreeOf, repositoryOf } from "./repository.js";
import { withSession, type Session } from "./session.js";
import { talkToClaude } from "./talk.js";

/** `guard review`: one intervention about files, ranges, modules or functions. */
export async function reviewCommand(references: readonly string[], flags: ReviewFlags, console: Console): Promise<Outcome> {
  const answer = await readModelAnswer(flags.modelAnswer);
  if (answer.kind === "failed") return couldNot(answer.sentence);
  return withSession(console, { useCache: true }, async (session) => {
    const ports = await portsOf(flags, session, console);
    const request = requestOf(references, flags);
    const options = { report: console.report, signal: console.signal };
    const prompts = loadPrompts(packageRoot());
    const model = session.environment.model ?? session.configuration.model.id;
    if (flags.dumpRequest) {
      const prepared = await prepareReview(request, ports, options);
      if (prepared.kind !== "prepared") return notReviewed(prepared);
      return ran(json(buildModelRequest(prepared.consultation, prompts, { model })));
    }
    const talk = answer.askModel !== null || flags.offline ? null : talkToClaude(session);
    const askModel = answer.askModel ?? (talk === null ? null : askThrough(talk));
    const mayAskModel = (): boolean => answer.askModel !== null || repositoryOf(flags.repo, session.configuration).model !== "never";
    const reviewed = await review(request, { ...ports, prompts, model, askModel, talk, mayAskModel }, options);
    if (reviewed.kind !== "reviewed") return notReviewed(reviewed);
    for (const { sentence } of reviewed.unresolved) console.warn(sentence);
    if (flags.format === "json") return ran(json(interventionJson(reviewed.intervention)));
    const markdown = interventionMarkdown(reviewed.intervention);
    return ran(flags.format === "markdown" ? markdown : paintMarkdown(markdown, createPaint(console.colour), console.width));
  });
}

function notReviewed(
  outcome:
    | { readonly kind: "unresolved"; readonly unresolved: readonly Unresolved[] }
    | { readonly kind: "unavailable"; readonly sentence: string },
): Outcome {
  return outcome.kind === "unavailable" ? couldNot(outcome.sentence) : couldNot(...outcome.unresolved.map(({ sentence }) => sentence));
}

function requestOf(references: readonly string[], { ref, ask }: ReviewFlags): ReviewRequest {
  const user = `cli:${userInfo().username}`;
  return {
    asker: { team: "cli", channel: "cli", user, ts: "0", thread: "0" },
    references: references.map((written) => withRevision(referenceOf(written), ref)),
    question: ask,
  };
}

/** `path[:a-b]`, a module or a function; whatever else it is, it is taken for a path. */
function referenceOf(written: string): SourceRef {
  const [parsed, second] = parseReferences(written);
  if (parsed !== undefined && second === undefined) return parsed;
  const { body, lines } = splitLines(written);
  return { kind: "path", repository: null, path: body, lines, revision: null };
}

function withRevision(reference: SourceRef, ref: string | undefined): SourceRef {
  return ref === undefined || reference.kind === "file" || reference.kind === "snippet" ? reference : { ...reference, revision: ref };
}

async function portsOf({ repo }: ReviewFlags, session: Session, console: Console): Promise<PreparePorts> {
  const { configuration, openTree, memory, analysis } = session;
  const repository = repositoryOf(repo, configuration);
  const data = await session.data("triggers", "voice", "prices", "library-api");
  const { triggers: thresholds, voice, prices, "library-api": libraries } = data;
  const parse = await session.parser();
  const resolve = createResolver({
    ...{ openTree, parse, referencesInThread: memory.referencesInThread, workingTrees: true },
    ...{ repositories: () => [repository], mayRead: () => true },
  });
  return {
    ...analysis,
    parse,
    resolve: (reference, asker) => resolve(reference, asker, console.signal),
    openTreeOf: (source, signal) => openTreeOf(repository, source.commit, openTree, signal),
    decisionsFor: memory.decisionsFor,
    elixir: session.elixir,
    standards: { thresholds, voice, prices, libraries },
  };
}

type ReadAnswer = { readonly kind: "read"; readonly askModel: AskModel | null } | { readonly kind: "failed"; readonly sentence: string };

/** An answer from a file stands in for the model: it is checked like any other, and cost nothing. */
async function readModelAnswer(path: string | undefined): Promise<ReadAnswer> {
  if (path === undefined) return { kind: "read", askModel: null };
  try {
    const opinion = Opinion.parse(JSON.parse(await readFile(path, "utf8")));
    const usage = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, calls: 0 };
    return { kind: "read", askModel: async ({ model }) => ({ kind: "answered", opinion, usage: { model, ...usage } }) };
  } catch (error) {
    const reason =
      error instanceof z.ZodError ? z.prettifyError(error).replace(/\s*\n\s*/g, " ") : error instanceof Error ? error.message : "";
    return {
      kind: "failed",
      sentence: `The answer ${path} is not in the review schema (${reason}): \`--dump-request\` prints the schema.`,
    };
  }
}
