import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { usePage } from "./context.js";
import { MessageView } from "./message.js";
import type { Entry } from "./model.js";
import { dayName } from "./plain-text.js";

interface MessageListProps {
  readonly entries: readonly Entry[];
  readonly isInThread: boolean;
  readonly label: string;
  /** Shown above the first message. */
  readonly children?: ComponentChildren;
}

/** Messages of one person within this many seconds read as one. */
const continuedWithin = 300;

function isContinued(entry: Entry, previous: Entry | undefined): boolean {
  if (previous === undefined || entry.isEphemeral || previous.isEphemeral) return false;
  const apart = Number(entry.message.ts) - Number(previous.message.ts);
  return entry.message.user === previous.message.user && apart < continuedWithin && previous.message.reply_count === undefined;
}

/** Keeps the newest message in sight, unless the reader has scrolled away from it. */
function useStickToEnd(entries: readonly Entry[]) {
  const list = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const content = useRef<HTMLDivElement>(null);
  const follow = (): void => {
    if (isAtEnd.current && list.current !== null) list.current.scrollTop = list.current.scrollHeight;
  };
  useLayoutEffect(follow, [entries]);
  useEffect(() => {
    if (content.current === null) return;
    const observer = new ResizeObserver(follow);
    observer.observe(content.current);
    return () => observer.disconnect();
  }, []);
  const onScroll = (): void => {
    const { scrollTop, scrollHeight, clientHeight } = list.current ?? document.body;
    isAtEnd.current = scrollHeight - scrollTop - clientHeight < 60;
  };
  return { list, content, onScroll, leaveEnd: () => void (isAtEnd.current = false) };
}

/** A conversation, oldest first, with the days between. */
export function MessageList({ entries, isInThread, label, children }: MessageListProps) {
  const { state } = usePage();
  const { list, content, onScroll, leaveEnd } = useStickToEnd(entries);
  const now = new Date();
  useEffect(() => {
    const target = state.highlighted === null ? null : list.current?.querySelector(`[data-ts="${state.highlighted}"]`);
    if (target === null || target === undefined) return;
    leaveEnd();
    target.scrollIntoView({ block: "center" });
  }, [state.highlighted]);
  return (
    <div class="messages" ref={list} onScroll={onScroll} role="log" aria-label={label} tabIndex={0}>
      <div class="messages-content" ref={content}>
        {children}
        {entries.map((entry, index) => {
          const previous = entries[index - 1];
          const day = dayName(entry.message.ts, now);
          const isNewDay = !isInThread && (previous === undefined || dayName(previous.message.ts, now) !== day);
          return (
            <div key={entry.message.ts}>
              {isNewDay && (
                <div class="day">
                  <span>{day}</span>
                </div>
              )}
              <MessageView
                entry={entry}
                channel={state.channel}
                isContinued={!isNewDay && isContinued(entry, previous)}
                isInThread={isInThread}
              />
            </div>
          );
        })}
      </div>
    </div>
  );
}
