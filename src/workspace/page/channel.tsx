import { Composer } from "./composer.js";
import { usePage } from "./context.js";
import { Icon } from "./icons.js";
import { MessageList } from "./message-list.js";
import { channelEntries, channelTitle } from "./model.js";
import { Welcome } from "./welcome.js";

function ChannelHeader() {
  const { state, snapshot, dispatch } = usePage();
  const channel = snapshot.channels.find(({ id }) => id === state.channel);
  if (channel === undefined) return null;
  return (
    <header class="pane-head">
      <button
        type="button"
        class="icon-button menu-button"
        aria-label="Channels"
        onClick={() => dispatch({ kind: "sidebar", isOpen: true })}
      >
        <Icon name="menu" />
      </button>
      <h1>
        {channel.kind !== "im" && <Icon name="hash" />}
        {channelTitle(snapshot, channel, state.actor)}
      </h1>
      {channel.topic !== "" && <span class="topic">{channel.topic}</span>}
    </header>
  );
}

function Banner() {
  const { state, snapshot } = usePage();
  if (!state.isOnline)
    return (
      <p class="banner" role="status">
        The workspace does not answer; this page reconnects by itself.
      </p>
    );
  if (snapshot.appConnected) return null;
  return (
    <p class="banner" role="status">
      Guard is not connected yet; what you write now reaches it as soon as it is.
    </p>
  );
}

/** The open channel: what was said, and where to write. */
export function ChannelPane() {
  const { state, snapshot } = usePage();
  const channel = snapshot.channels.find(({ id }) => id === state.channel);
  if (channel === undefined) return null;
  const entries = channelEntries(state, snapshot);
  const title = channelTitle(snapshot, channel, state.actor);
  const name = channel.kind === "im" ? title : `#${title}`;
  return (
    <main class="pane channel-pane">
      <ChannelHeader />
      <Banner />
      <MessageList key={channel.id + state.actor} entries={entries} isInThread={false} label={`Messages in ${name}`}>
        <Welcome channel={channel} isEmpty={entries.length === 0} />
      </MessageList>
      <Composer key={`${channel.id} composer`} channel={channel.id} thread={null} placeholder={`Message ${name}`} />
    </main>
  );
}
