import { parseHints, parseReferences } from "../intake/references.js";
import type { Request } from "../model/request.js";
import type { SourceRef } from "../model/source.js";
import type { ReplyMessage } from "../model/reply.js";
import { packMessages } from "../reply/messages.js";
import { patchFile, reportFile } from "../reply/files.js";
import { interventionMarkdown } from "../reply/intervention-markdown.js";
import { renderIntervention } from "../reply/intervention.js";
import { say } from "../reply/say.js";
import { authorise, mayDiscuss } from "./access.js";
import type { ProgressMessage } from "./progress.js";
import type { Consulted, NotFound } from "./story-ports.js";
import { threadOf, uploadAll, whisper } from "./turn.js";
import type { Turn } from "./turn.js";

type Reviewed = Extract<Consulted, { kind: "reviewed" }>;

/** `refused` only where access was lost while the work went on. */
export type Ending = "done" | "refused";

/** Reviews what the request points at and answers in its thread: verdict, then report and patch as files. */
export async function consultInThread(turn: Turn, request: Extract<Request, { kind: "consult" }>): Promise<Ending> {
  const { incoming, ports } = turn;
  const { references, faults } = await gatherReferences(turn, request);
  const title = incoming.door === "command" ? `${turn.access.person.name} asked: ${request.question}` : "Reading what you pointed at…";
  const progress = await turn.begin(threadOf(incoming), turn.again ? `Interrupted by a restart, running it again. ${title}` : title);
  if (progress.ts === null) {
    await whisper(incoming, ports, [say(notPostable(progress.failure))]);
    return "done";
  }
  if (references.length === 0) {
    await progress.replace(notFoundMessage(faults.length > 0 ? faults : [noReference]));
    return "done";
  }
  const asker = { ...incoming.asker, thread: threadOf(incoming).thread ?? progress.ts };
  const asked = { asker, references, question: request.question, repositories: turn.access.repositories };
  const consulted = await ports.consult(asked, { report: progress.report, signal: turn.signal });
  if (consulted.kind === "unavailable") await progress.replace(say(consulted.sentence));
  else if (consulted.kind === "not_found") await progress.replace(notFoundMessage([...faults, ...consulted.notFound]));
  else return postVerdict(turn, progress, asker.thread, { ...consulted, notFound: [...faults, ...consulted.notFound] });
  return "done";
}

const noReference: NotFound = {
  sentence: "Nothing to review was named; give a path such as `lib/shop/orders.ex`, a module, a link, or attach a file.",
  candidates: [],
};

function notPostable(reason: string | null): string {
  if (reason === "not_in_channel" || reason === "channel_not_found")
    return "Guard is not in this channel; invite it with `/invite @guard` and ask again.";
  return `Slack did not let Guard post here (${reason ?? "unknown"}); ask in another channel.`;
}

async function gatherReferences(
  { incoming, ports, access }: Turn,
  request: Extract<Request, { kind: "consult" }>,
): Promise<{ readonly references: readonly SourceRef[]; readonly faults: readonly NotFound[] }> {
  const downloads = await Promise.all(incoming.files.map(async (file) => ({ name: file.name, got: await ports.download(file) })));
  const texts = downloads.flatMap(({ name, got }) => (got.kind === "downloaded" ? [{ name, text: got.text }] : []));
  const faults = downloads.flatMap(({ got }) => (got.kind === "failed" ? [{ sentence: got.sentence, candidates: [] }] : []));
  const names = access.repositories.flatMap((repository) => [repository.name, ...repository.aliases]);
  const files = parseReferences("", texts, names);
  const references = [...files, ...request.references];
  if (references.length > 0 || faults.length > 0) return { references, faults };
  const above = (await ports.memory.referencesInThread(incoming.asker.team, incoming.asker.channel, incoming.asker.thread))[0];
  if (above === undefined) return { references: [], faults };
  const hints = parseHints(request.question, names);
  const { path } = above;
  return {
    references: [
      { kind: "path", path, lines: null, repository: hints.repository ?? above.repository, revision: hints.revision ?? above.revision },
    ],
    faults,
  };
}

function notFoundMessage(notFound: readonly NotFound[]): ReplyMessage {
  const [first, ...rest] = notFound.map(({ sentence, candidates }) => say(sentence, candidates));
  const summary = first?.text ?? "";
  return (
    packMessages(summary, [...(first?.blocks ?? []), ...rest.slice(0, 10).flatMap((message) => message.blocks)])[0] ??
    say(noReference.sentence)
  );
}

async function postVerdict(turn: Turn, progress: ProgressMessage, thread: string, reviewed: Reviewed): Promise<Ending> {
  const { incoming, ports } = turn;
  const access = await authorise(incoming, ports.directory, ports.repositories());
  if (access.kind === "refused" || !mayDiscuss(access, reviewed.repository)) {
    await progress.replace(
      say("What was asked may not be shown here any more, so Guard keeps the answer to itself; ask again in another channel."),
    );
    return "refused";
  }
  const id = ports.newId();
  const intervention = withNotFound(reviewed);
  const { team, channel, user } = incoming.asker;
  const stored = { id, request: turn.id, team, channel, thread, messageTs: null, intervention, at: ports.clock() };
  await ports.memory.saveIntervention({ ...stored, repository: reviewed.repository, revision: reviewed.revision });
  const [verdict, ...more] = renderIntervention(intervention, id);
  const ts = verdict === undefined ? null : await progress.replace(verdict);
  if (ts === null) {
    await whisper(incoming, ports, [say("The answer is ready, but Slack did not let Guard post it here; ask again in another channel.")]);
    return "done";
  }
  await ports.memory.setInterventionMessage(id, ts);
  const target = { channel, thread };
  for (const message of more) await ports.messenger.post(target, message);
  const name = intervention.sources[0]?.path.split("/").at(-1) ?? "review";
  const report = reportFile(`guard-review-${name}`, `Review of ${name}`, interventionMarkdown(intervention));
  await uploadAll(ports, target, [report, patchFile(`guard-${name}`, `Patch for ${name}`, intervention.patches)]);
  for (const source of intervention.sources) {
    const reference = { ts: incoming.asker.ts, repository: source.repository, path: source.path, revision: source.commit };
    await ports.memory.rememberReference({ team, channel, thread }, reference);
  }
  ports.log.info({ request: turn.id, user, problems: intervention.problems.length, mode: intervention.mode }, "answered a review");
  return "done";
}

function withNotFound(reviewed: Reviewed): Reviewed["intervention"] {
  const { intervention, notFound } = reviewed;
  const notice = [intervention.notice ?? "", ...notFound.map(({ sentence }) => sentence)].filter((sentence) => sentence !== "").join(" ");
  return { ...intervention, notice: notice === "" ? null : notice };
}
