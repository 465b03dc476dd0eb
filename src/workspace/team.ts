import type { Identifiers } from "./identifiers.js";
import type { StateConfig } from "./state.js";
import type { Channel, User } from "./types.js";

/** Who and what a workspace starts with. The first person is its admin, and the one the printed user token stands for. */
export interface TeamDefinition {
  readonly name: string;
  readonly domain: string;
  readonly people: readonly { readonly name: string; readonly realName: string; readonly isGuest?: boolean }[];
  readonly channels: readonly ChannelDefinition[];
}

export interface ChannelDefinition {
  readonly name: string;
  readonly topic?: string;
  readonly isPrivate?: boolean;
  readonly isArchived?: boolean;
  /** Shared with another organisation. */
  readonly isShared?: boolean;
  /** Whether the app's bot was invited; it was unless this is false. */
  readonly hasBot?: boolean;
}

export const usualTeam: TeamDefinition = {
  name: "Corner Shop",
  domain: "corner-shop",
  people: [
    { name: "ana", realName: "Ana Duarte" },
    { name: "ben", realName: "Ben Okafor" },
  ],
  channels: [
    { name: "backend", topic: "Where the code gets talked about" },
    { name: "general", topic: "Everyone, everything" },
  ],
};

/** Turns a definition into people and channels with ids: every person in every channel, and a direct message with the bot for each. */
export function createTeam(definition: TeamDefinition, identifiers: Identifiers, created: number): StateConfig {
  const bot: User = {
    id: identifiers.next("U"),
    name: "guard",
    realName: "Guard",
    isAdmin: false,
    botId: identifiers.next("B"),
  };
  const people = definition.people.map((person, index): User => ({
    id: identifiers.next("U"),
    ...person,
    isAdmin: index === 0,
    botId: null,
  }));
  const everyone = people.map((person) => person.id);
  const named = definition.channels.map((channel): Channel => ({
    id: identifiers.next("C"),
    name: channel.name,
    kind: channel.isPrivate === true ? "group" : "channel",
    topic: channel.topic ?? "",
    members: channel.hasBot === false ? everyone : [...everyone, bot.id],
    isArchived: channel.isArchived ?? false,
    ...(channel.isShared === true ? { isShared: true } : {}),
    created,
  }));
  const direct = people.map((person): Channel => ({
    id: identifiers.next("D"),
    name: "",
    kind: "im",
    topic: "",
    members: [person.id, bot.id],
    isArchived: false,
    created,
  }));
  const team = { id: identifiers.next("T"), name: definition.name, domain: definition.domain, appId: identifiers.next("A") };
  return { team, bot, people, channels: [...named, ...direct] };
}
