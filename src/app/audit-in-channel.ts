import type { Request } from "../model/request.js";
import type { Repository } from "../model/source.js";
import { auditTitle, renderAuditDetails, renderAuditSummary } from "../reply/audit-blocks.js";
import { auditFile } from "../reply/files.js";
import { say } from "../reply/say.js";
import { authorise, mayDiscuss } from "./access.js";
import type { Ending } from "./consult-in-thread.js";
import { progressWords } from "./progress.js";
import type { Audited } from "./story-ports.js";
import { answer, threadOf, uploadAll, whisper } from "./turn.js";
import type { Turn } from "./turn.js";

/** Audits a repository: a root message that tells how far it is and becomes the summary, details in its thread, the report as a file. */
export async function auditInChannel(turn: Turn, request: Extract<Request, { kind: "audit" }>): Promise<Ending> {
  const { incoming, ports, access } = turn;
  const chosen = chooseRepository(access.repositories, request.repository);
  if (chosen.kind === "not_chosen") {
    await answer(incoming, ports, [say(chosen.sentence, chosen.candidates)]);
    return "done";
  }
  const what = { repository: chosen.repository, revision: request.revision, path: request.path };
  const title = auditTitle({ ...what, repository: chosen.repository.name });
  const opening = turn.again ? `${title}: interrupted by a restart, running it again` : `${title}, asked by ${access.person.name}…`;
  const progress = await turn.begin(threadOf(incoming), opening, (step) => `${title}. ${progressWords(step)}`);
  if (progress.ts === null) {
    await whisper(incoming, ports, [say("Guard is not in this channel; invite it with `/invite @guard` and ask again.")]);
    return "done";
  }
  const audited = await ports.audit(what, { report: progress.report, signal: turn.signal });
  if (audited.kind === "unavailable") {
    await progress.replace(say(audited.sentence));
    return "done";
  }
  const now = await authorise(incoming, ports.directory, ports.repositories());
  if (!mayDiscuss(now, chosen.repository.name)) {
    await progress.replace(say("What was asked may not be shown here any more, so Guard keeps the answer to itself."));
    return "refused";
  }
  const summary = renderAuditSummary({ ...request, repository: chosen.repository.name }, audited.report);
  const ts = (await progress.replace(summary)) ?? progress.ts;
  await postDetails(turn, chosen.repository.name, audited, ts);
  return "done";
}

async function postDetails(
  turn: Turn,
  repository: string,
  audited: Extract<Audited, { kind: "audited" }>,
  messageTs: string,
): Promise<void> {
  const { incoming, ports } = turn;
  const { team, channel } = incoming.asker;
  const thread = threadOf(incoming).thread ?? messageTs;
  const id = ports.newId();
  const { intervention, report } = audited;
  const stored = {
    id,
    request: turn.id,
    team,
    channel,
    thread,
    messageTs,
    repository,
    revision: report.audit.commit,
    intervention,
    at: ports.clock(),
  };
  await ports.memory.saveIntervention(stored);
  for (const message of renderAuditDetails(intervention, id, report)) await ports.messenger.post({ channel, thread }, message);
  await uploadAll(ports, { channel, thread }, [auditFile(repository, report)]);
  ports.log.info({ request: turn.id, repository, findings: report.findings.length }, "answered an audit");
}

type Chosen =
  | { readonly kind: "chosen"; readonly repository: Repository }
  | { readonly kind: "not_chosen"; readonly sentence: string; readonly candidates: readonly string[] };

/** The named repository, or the only one there is. One that may not be seen here is answered like one that does not exist. */
export function chooseRepository(repositories: readonly Repository[], name: string | null): Chosen {
  const candidates = repositories.map((repository) => repository.name);
  const wanted = name?.toLowerCase();
  const named = repositories.find((repository) => [repository.name, ...repository.aliases].some((known) => known.toLowerCase() === wanted));
  if (named !== undefined) return { kind: "chosen", repository: named };
  const [only, second] = repositories;
  if (only === undefined)
    return {
      kind: "not_chosen",
      sentence: "No repository is configured for this channel; add it under `channels:` in guard.config.yml.",
      candidates,
    };
  if (name !== null)
    return {
      kind: "not_chosen",
      sentence: `There is no repository \`${name.replace(/`/g, "'")}\` here; name one of those configured for this channel.`,
      candidates,
    };
  if (second !== undefined)
    return { kind: "not_chosen", sentence: "Several repositories are open here; say which one to audit.", candidates };
  return { kind: "chosen", repository: only };
}
