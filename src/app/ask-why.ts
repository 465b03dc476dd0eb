import type { Incoming } from "../intake/incoming.js";
import { rejectModal } from "../reply/reject-modal.js";
import { authorise, mayDiscuss } from "./access.js";
import { readAsked } from "./asked.js";
import type { StoryPorts } from "./story-ports.js";

/**
 * Opens the dialog that a pressed Reject asks for. It must happen at once, a trigger is good for three seconds; false when there
 * is none, when whoever pressed may not see the review, or when Slack was too slow: the press is then answered like any other.
 */
export async function askWhy(incoming: Incoming, ports: StoryPorts): Promise<boolean> {
  if (incoming.trigger === null || incoming.button === null) return false;
  const { request, stored } = await readAsked(incoming, ports.memory, ports.repositories());
  if (request.kind !== "decide" || request.verdict !== "rejected" || stored === null) return false;
  const problem = stored.intervention.problems.find(({ id }) => id === request.problem);
  if (problem === undefined) return false;
  if (!mayDiscuss(await authorise(incoming, ports.directory, ports.repositories()), stored.repository)) return false;
  const { channel, thread } = incoming.asker;
  const about = { channel, thread, message: incoming.button.message, intervention: stored.id, problem: problem.id };
  return (await ports.messenger.openModal(incoming.trigger, rejectModal(problem, about))).kind === "posted";
}
