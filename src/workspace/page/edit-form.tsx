import { useEffect, useRef, useState } from "preact/hooks";
import type { Message } from "../types.js";
import { explain } from "./client.js";
import { usePage } from "./context.js";
import { typedText } from "./plain-text.js";

interface EditFormProps {
  readonly message: Message;
  readonly channel: string;
  readonly onDone: () => void;
}

/** Editing one's own message in place: Enter saves, Escape gives up. */
export function EditForm({ message, channel, onDone }: EditFormProps) {
  const { client, snapshot } = usePage();
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(() => typedText(message.text, [...snapshot.people, snapshot.bot]));
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => field.current?.focus(), []);
  const save = async (): Promise<void> => {
    const called = await client.edit(channel, message.ts, text);
    if (called.ok) onDone();
    else setProblem(explain(called.error));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Escape") onDone();
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    void save();
  };
  return (
    <div class="edit-form">
      <textarea
        ref={field}
        rows={3}
        aria-label="Edit message"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <div class="dialog-buttons">
        {problem !== null && <span role="alert">{problem}</span>}
        <button type="button" class="button" onClick={onDone}>
          Cancel
        </button>
        <button type="button" class="button button-primary" onClick={() => void save()}>
          Save
        </button>
      </div>
    </div>
  );
}
