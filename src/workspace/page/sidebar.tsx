import type { Channel } from "../types.js";
import { Avatar } from "./avatar.js";
import { usePage } from "./context.js";
import { Icon } from "./icons.js";
import { channelTitle, findUser } from "./model.js";

function ChannelLink({ channel }: { readonly channel: Channel }) {
  const { state, snapshot, dispatch } = usePage();
  const isCurrent = channel.id === state.channel;
  const isUnread = state.unread.has(channel.id);
  const other = channel.kind === "im" ? findUser(snapshot, channel.members.find((member) => member !== state.actor) ?? "") : undefined;
  return (
    <li>
      <button
        type="button"
        class={`channel-link${isCurrent ? " is-current" : ""}${isUnread ? " is-unread" : ""}`}
        aria-current={isCurrent ? "page" : undefined}
        onClick={() => dispatch({ kind: "open_channel", channel: channel.id })}
      >
        {other === undefined ? <Icon name="hash" /> : <Avatar user={other} isSmall />}
        <span class="channel-name">{channelTitle(snapshot, channel, state.actor)}</span>
        {other !== undefined && <span class={snapshot.appConnected ? "presence is-here" : "presence"} />}
        {isUnread && <span class="hidden">, unread</span>}
      </button>
    </li>
  );
}

function PeopleSwitch() {
  const { snapshot, actor, dispatch } = usePage();
  return (
    <fieldset class="people">
      <legend>You are</legend>
      {snapshot.people.map((person) => (
        <label key={person.id} class={person.id === actor.id ? "person is-actor" : "person"}>
          <input
            type="radio"
            name="actor"
            checked={person.id === actor.id}
            onChange={() => dispatch({ kind: "act_as", person: person.id })}
          />
          <Avatar user={person} isSmall />
          <span>{person.realName}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** Channels, direct messages, who the page acts as, and the way to add a repository. */
export function Sidebar() {
  const { state, snapshot, dispatch } = usePage();
  const channels = snapshot.channels.filter(({ kind, isArchived }) => kind !== "im" && !isArchived);
  const direct = snapshot.channels.filter(({ kind, members }) => kind === "im" && members.includes(state.actor));
  return (
    <nav class={state.isSidebarOpen ? "sidebar is-open" : "sidebar"} aria-label="Channels and people">
      <div class="team">
        <span class="team-name">{snapshot.team.name}</span>
        <span class="team-note">Local workspace</span>
      </div>
      <div class="sidebar-scroll">
        <h2>Channels</h2>
        <ul>
          {channels.map((channel) => (
            <ChannelLink key={channel.id} channel={channel} />
          ))}
        </ul>
        <h2>Direct messages</h2>
        <ul>
          {direct.map((channel) => (
            <ChannelLink key={channel.id} channel={channel} />
          ))}
        </ul>
        {snapshot.canAddRepository && (
          <button type="button" class="channel-link add-repository" onClick={() => dispatch({ kind: "add_repository", isOpen: true })}>
            <Icon name="plus" />
            <span class="channel-name">Add repository</span>
          </button>
        )}
      </div>
      <PeopleSwitch />
    </nav>
  );
}
