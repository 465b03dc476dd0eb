import { useState } from "preact/hooks";
import type { Message } from "../types.js";
import { Avatar } from "./avatar.js";
import { Blocks } from "./block-kit/blocks.js";
import { usePage } from "./context.js";
import { EditForm } from "./edit-form.js";
import { FileCard } from "./file-card.js";
import { Icon } from "./icons.js";
import { MessageTools } from "./message-tools.js";
import { findUser, type Entry } from "./model.js";
import { clockTime, fullTime, shortTime } from "./plain-text.js";
import { Reactions } from "./reactions.js";

interface MessageViewProps {
  readonly entry: Entry;
  readonly channel: string;
  /** Follows another message of the same person closely, so it needs no name. */
  readonly isContinued: boolean;
  readonly isInThread: boolean;
}

function ThreadSummary({ message }: { readonly message: Message }) {
  const { snapshot, dispatch } = usePage();
  const { reply_count: count, latest_reply: latest } = message;
  if (count === undefined || latest === undefined) return null;
  return (
    <button type="button" class="thread-summary" onClick={() => dispatch({ kind: "open_thread", root: message.ts })}>
      {(message.reply_users ?? []).slice(0, 4).map((user) => (
        <Avatar key={user} user={findUser(snapshot, user)} isSmall />
      ))}
      <strong>
        {count} {count === 1 ? "reply" : "replies"}
      </strong>
      <span>Last at {clockTime(latest)}</span>
    </button>
  );
}

function Head({ message, isEphemeral }: { readonly message: Message; readonly isEphemeral: boolean }) {
  const { snapshot } = usePage();
  const author = findUser(snapshot, message.user);
  return (
    <div class="message-head">
      <strong class="author">{author?.realName ?? message.user}</strong>
      {message.bot_id !== undefined && <span class="app-badge">APP</span>}
      <time dateTime={new Date(Number(message.ts) * 1000).toISOString()} title={fullTime(message.ts)}>
        {clockTime(message.ts)}
      </time>
      {isEphemeral && (
        <span class="only-you">
          <Icon name="eye" /> Only visible to you
        </span>
      )}
    </div>
  );
}

function Said({ message, channel }: { readonly message: Message; readonly channel: string }) {
  if (message.subtype === "tombstone") return <p class="tombstone">This message was deleted.</p>;
  return (
    <>
      <Blocks message={message} channel={channel} />
      {message.edited !== undefined && <span class="edited">(edited)</span>}
      {message.files?.map((file) => (
        <FileCard key={file.id} file={file} />
      ))}
    </>
  );
}

/** One message with everything that hangs on it. */
export function MessageView({ entry, channel, isContinued, isInThread }: MessageViewProps) {
  const { state, snapshot } = usePage();
  const [isEditing, setEditing] = useState(false);
  const { message, isEphemeral } = entry;
  const author = findUser(snapshot, message.user);
  const classes = [
    "message",
    isContinued ? "is-continued" : "",
    isEphemeral ? "is-ephemeral" : "",
    message.ts === state.highlighted ? "is-highlighted" : "",
  ];
  return (
    <article class={classes.join(" ")} data-ts={message.ts} aria-label={`${author?.realName ?? ""} at ${clockTime(message.ts)}`}>
      {isContinued ? <span class="message-margin">{shortTime(message.ts)}</span> : <Avatar user={author} />}
      <div class="message-body">
        {!isContinued && <Head message={message} isEphemeral={isEphemeral} />}
        {isEditing ? (
          <EditForm message={message} channel={channel} onDone={() => setEditing(false)} />
        ) : (
          <Said message={message} channel={channel} />
        )}
        <Reactions message={message} channel={channel} />
        {!isInThread && <ThreadSummary message={message} />}
      </div>
      {!isEphemeral && message.subtype !== "tombstone" && (
        <MessageTools message={message} channel={channel} isInThread={isInThread} onEdit={() => setEditing(true)} />
      )}
    </article>
  );
}
