import type { Message } from "../types.js";
import { Emoji } from "./block-kit/rich-text.js";
import { usePage } from "./context.js";
import { Icon } from "./icons.js";

interface MessageToolsProps {
  readonly message: Message;
  readonly channel: string;
  readonly isInThread: boolean;
  readonly onEdit: () => void;
}

const quickReactions = ["+1", "eyes", "white_check_mark", "x"];

function permalink(channel: string, { ts, thread_ts }: Message): string {
  const place = `${location.origin}/archives/${channel}/p${ts.replace(".", "")}`;
  return thread_ts === undefined || thread_ts === ts ? place : `${place}?thread_ts=${thread_ts}&cid=${channel}`;
}

/** What can be done with a message; shown when it is pointed at or holds the focus. */
export function MessageTools({ message, channel, isInThread, onEdit }: MessageToolsProps) {
  const { actor, client, dispatch, snapshot } = usePage();
  const isOwn = message.user === actor.id;
  const react = (name: string): void => {
    const has = message.reactions?.some((reaction) => reaction.name === name && reaction.users.includes(actor.id)) === true;
    void client.react(channel, message.ts, name, !has);
  };
  return (
    <div class="tools" role="toolbar" aria-label="Message actions">
      {quickReactions.map((name) => (
        <button
          key={name}
          type="button"
          class="icon-button"
          aria-label={`React with ${name.replace(/_/g, " ")}`}
          onClick={() => react(name)}
        >
          <Emoji name={name} />
        </button>
      ))}
      {!isInThread && (
        <button
          type="button"
          class="icon-button"
          aria-label="Reply in thread"
          title="Reply in thread"
          onClick={() => dispatch({ kind: "open_thread", root: message.ts })}
        >
          <Icon name="reply" />
        </button>
      )}
      {snapshot.shortcuts.map(({ name, callbackId }) => (
        <button
          key={callbackId}
          type="button"
          class="icon-button"
          aria-label={name}
          title={name}
          onClick={() => void client.runShortcut(channel, message.ts, callbackId)}
        >
          <Icon name="shield" />
        </button>
      ))}
      <button
        type="button"
        class="icon-button"
        aria-label="Copy link"
        title="Copy link"
        onClick={() => void navigator.clipboard.writeText(permalink(channel, message))}
      >
        <Icon name="link" />
      </button>
      {isOwn && (
        <button type="button" class="icon-button" aria-label="Edit message" title="Edit message" onClick={onEdit}>
          <Icon name="pencil" />
        </button>
      )}
      {isOwn && (
        <button
          type="button"
          class="icon-button"
          aria-label="Delete message"
          title="Delete message"
          onClick={() => void client.remove(channel, message.ts)}
        >
          <Icon name="bin" />
        </button>
      )}
    </div>
  );
}
