import type { Conversation, Directory, Person } from "../../model/directory.js";
import type { Clock, Log } from "../../model/ports.js";
import { callSlack } from "./call.js";
import type { Clients } from "./clients.js";

const rememberMs = 60_000;

/** People and channels as Slack describes them. People are remembered for a minute; a channel is asked each time, since it may become shared meanwhile. */
export function createDirectory(clients: Clients, clock: Clock, log: Log): Directory {
  const people = new Map<string, { readonly person: Person; readonly at: number }>();

  const askPerson = async (user: string): Promise<Person | null> => {
    const called = await callSlack(() => clients.reading.users.info({ user }), log);
    const found = called.kind === "answered" ? called.value.user : undefined;
    if (found === undefined) return null;
    return {
      user,
      team: found.team_id ?? "",
      name: found.profile?.display_name || found.real_name || found.name || user,
      guest: found.is_restricted === true || found.is_ultra_restricted === true,
      stranger: found.is_stranger === true,
      bot: found.is_bot === true,
      deactivated: found.deleted === true,
    };
  };

  return {
    person: async (user) => {
      const known = people.get(user);
      if (known !== undefined && clock() - known.at < rememberMs) return known.person;
      const person = await askPerson(user);
      if (person !== null) people.set(user, { person, at: clock() });
      return person;
    },

    conversation: async (channel): Promise<Conversation | null> => {
      const called = await callSlack(() => clients.reading.conversations.info({ channel }), log);
      const found = called.kind === "answered" ? called.value.channel : undefined;
      if (found === undefined) return null;
      return {
        channel,
        name: found.name ?? "",
        direct: found.is_im === true,
        external: found.is_ext_shared === true || found.is_pending_ext_shared === true,
        archived: found.is_archived === true,
      };
    },
  };
}
