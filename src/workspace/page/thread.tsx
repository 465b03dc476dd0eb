import { useEffect } from "preact/hooks";
import { Composer } from "./composer.js";
import { usePage } from "./context.js";
import { Icon } from "./icons.js";
import { MessageList } from "./message-list.js";
import { channelTitle, threadEntries } from "./model.js";

/** The open thread beside its channel; Escape closes it. */
export function ThreadPane({ root }: { readonly root: string }) {
  const { state, snapshot, dispatch } = usePage();
  const channel = snapshot.channels.find(({ id }) => id === state.channel);
  const close = (): void => dispatch({ kind: "open_thread", root: null });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key === "Escape" && !event.defaultPrevented && document.querySelector("dialog[open]") === null) close();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
  if (channel === undefined) return null;
  const title = channelTitle(snapshot, channel, state.actor);
  return (
    <aside class="pane thread-pane" aria-label="Thread">
      <header class="pane-head">
        <h1>Thread</h1>
        <span class="topic">{channel.kind === "im" ? title : `#${title}`}</span>
        <button type="button" class="icon-button" aria-label="Close thread" onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      <MessageList key={root} entries={threadEntries(state, snapshot, root)} isInThread label="Messages in this thread" />
      <Composer key={`${root} composer`} channel={channel.id} thread={root} placeholder="Reply…" />
    </aside>
  );
}
