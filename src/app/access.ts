import type { Directory, Person } from "../model/directory.js";
import type { Incoming } from "../intake/incoming.js";
import type { Repository } from "../model/source.js";

/** `repositories` are those that may be discussed in the channel asked from. */
export type Access =
  | { readonly kind: "allowed"; readonly person: Person; readonly repositories: readonly Repository[] }
  | { readonly kind: "refused"; readonly sentence: string };

/**
 * The one check every entry passes: mention, direct message, thread reply, command, button, and once more before a verdict is
 * posted, because a channel can become shared meanwhile. It goes by ids, asks Slack, and takes silence for a no.
 */
export async function authorise(
  incoming: Pick<Incoming, "asker" | "external">,
  directory: Directory,
  repositories: readonly Repository[],
): Promise<Access> {
  const { asker, external } = incoming;
  const [person, conversation] = await Promise.all([directory.person(asker.user), directory.conversation(asker.channel)]);
  if (person === null || conversation === null) {
    return refused("Slack did not say who is asking and where, so Guard does not answer; ask again in a moment.");
  }
  if (external || conversation.external) {
    return refused(
      "This channel is shared with another organisation, where Guard does not open repositories; ask in a channel of your own.",
    );
  }
  if (person.stranger || person.team !== asker.team) {
    return refused("Guard answers members of this workspace only; ask a colleague here to bring the question.");
  }
  if (person.guest) return refused("Guard does not answer guest accounts; ask a full member of the workspace to bring the question.");
  if (person.bot || person.deactivated) return refused("Guard answers people with an active account only.");
  const here = repositories.filter((repository) => isOpenIn(repository, conversation.channel, conversation.name));
  return { kind: "allowed", person, repositories: here };
}

function isOpenIn(repository: Repository, channel: string, name: string): boolean {
  return repository.channels.some((open) => open === "*" || open === channel || (name !== "" && open === `#${name}`));
}

/** Whether what was answered about `repository` may be spoken of again here. Attached and pasted code belongs to none (""), and may. */
export function mayDiscuss(access: Access, repository: string): boolean {
  if (access.kind === "refused") return false;
  return repository === "" || access.repositories.some(({ name }) => name === repository);
}

function refused(sentence: string): Access {
  return { kind: "refused", sentence };
}
