import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { complete, type Completion, type Suggestion } from "./completion.js";
import { usePage } from "./context.js";
import { Icon } from "./icons.js";
import { sizeForPeople } from "./plain-text.js";
import { send } from "./send.js";

interface ComposerProps {
  readonly channel: string;
  readonly thread: string | null;
  readonly placeholder: string;
}

interface SuggestionsProps {
  readonly id: string;
  readonly completion: Completion;
  readonly chosen: number;
  readonly onChoose: (suggestion: Suggestion) => void;
}

function Suggestions({ id, completion, chosen, onChoose }: SuggestionsProps) {
  return (
    <ul class="suggestions" id={id} role="listbox" aria-label="Suggestions">
      {completion.suggestions.map((suggestion, index) => (
        <li
          key={suggestion.label}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === chosen}
          onMouseDown={(event) => {
            event.preventDefault();
            onChoose(suggestion);
          }}
        >
          <strong>{suggestion.label}</strong>
          <span>{suggestion.note}</span>
        </li>
      ))}
    </ul>
  );
}

function Attachments({ files, onRemove }: { readonly files: readonly File[]; readonly onRemove: (file: File) => void }) {
  if (files.length === 0) return null;
  return (
    <ul class="attachments" aria-label="Attached files">
      {files.map((file) => (
        <li key={file.name}>
          <Icon name="file" />
          <span>
            {file.name} · {sizeForPeople(file.size)}
          </span>
          <button type="button" class="icon-button" aria-label={`Remove ${file.name}`} onClick={() => onRemove(file)}>
            <Icon name="close" />
          </button>
        </li>
      ))}
    </ul>
  );
}

const hasOpenFence = (text: string): boolean => text.split("```").length % 2 === 0;

/** What was begun in each channel and thread, so that looking elsewhere loses nothing. */
const begun = new Map<string, string>();

/** What is being written: its text, its files, and the completion at the caret. */
function useDraft({ channel, thread }: ComposerProps) {
  const { client, snapshot } = usePage();
  const field = useRef<HTMLTextAreaElement>(null);
  const caret = useRef<number | null>(null);
  const place = `${channel} ${thread ?? ""}`;
  const [text, setText] = useState(begun.get(place) ?? "");
  const [files, setFiles] = useState<readonly File[]>([]);
  const [completion, setCompletion] = useState<Completion | null>(null);
  const [chosen, setChosen] = useState(0);
  const [problem, setProblem] = useState<string | null>(null);
  const [isSending, setSending] = useState(false);

  const write = (next: string, position: number): void => {
    setText(next);
    setCompletion(complete(next, position, snapshot));
    setChosen(0);
    setProblem(null);
  };
  const choose = ({ insert }: Suggestion): void => {
    const position = field.current?.selectionStart ?? text.length;
    const start = completion?.start ?? position;
    caret.current = start + insert.length;
    write(text.slice(0, start) + insert + text.slice(position), caret.current);
  };
  useLayoutEffect(() => {
    begun.set(place, text);
    if (caret.current !== null) field.current?.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  }, [text]);

  const submit = async (): Promise<void> => {
    if (isSending || (text.trim() === "" && files.length === 0)) return;
    setSending(true);
    const sentence = await send(client, snapshot.commands, { channel, thread, text: text.trim(), files });
    setSending(false);
    setProblem(sentence);
    if (sentence !== null) return;
    setText("");
    setFiles([]);
    setCompletion(null);
    field.current?.focus();
  };
  const attach = (added: Iterable<File>): void => setFiles([...files, ...added]);
  const detach = (removed: File): void => setFiles(files.filter((file) => file !== removed));
  return { field, text, files, completion, chosen, problem, isSending, write, choose, submit, attach, detach, setChosen, setCompletion };
}

type Draft = ReturnType<typeof useDraft>;

/** Keys while suggestions are open; true when the key was theirs. */
function steer(event: KeyboardEvent, draft: Draft): boolean {
  const { completion, chosen } = draft;
  if (completion === null) return false;
  const count = completion.suggestions.length;
  const suggestion = completion.suggestions[chosen];
  if (event.key === "ArrowDown") draft.setChosen((chosen + 1) % count);
  else if (event.key === "ArrowUp") draft.setChosen((chosen + count - 1) % count);
  else if (event.key === "Escape") draft.setCompletion(null);
  else if ((event.key === "Enter" || event.key === "Tab") && suggestion !== undefined) draft.choose(suggestion);
  else return false;
  return true;
}

/** Where a person writes: Enter sends, Shift+Enter breaks the line, files can be picked, dropped or pasted. */
export function Composer(props: ComposerProps) {
  const { actor } = usePage();
  const draft = useDraft(props);
  const { field, text, completion, chosen } = draft;
  const picker = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  const list = useId();
  useEffect(() => field.current?.focus(), [props.thread, actor.id]);
  useLayoutEffect(() => {
    if (field.current === null) return;
    field.current.style.height = "auto";
    field.current.style.height = `${Math.min(320, field.current.scrollHeight)}px`;
  }, [text]);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    if (steer(event, draft)) event.preventDefault();
    else if (event.key === "Enter" && !event.shiftKey && !hasOpenFence(text)) {
      event.preventDefault();
      void draft.submit();
    }
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    draft.attach(event.dataTransfer?.files ?? []);
  };
  const paste = (event: ClipboardEvent): void => {
    const pasted = [...(event.clipboardData?.files ?? [])];
    if (pasted.length === 0) return;
    event.preventDefault();
    draft.attach(pasted);
  };
  return (
    <div
      class={isOver ? "composer is-over" : "composer"}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      {draft.problem !== null && (
        <p class="composer-problem" role="alert">
          {draft.problem}
        </p>
      )}
      {completion !== null && <Suggestions id={list} completion={completion} chosen={chosen} onChoose={draft.choose} />}
      <div class="composer-box">
        <textarea
          ref={field}
          rows={1}
          value={text}
          placeholder={props.placeholder}
          aria-label={props.placeholder}
          aria-controls={list}
          aria-autocomplete="list"
          aria-activedescendant={completion === null ? undefined : `${list}-${chosen}`}
          onInput={(event) => draft.write(event.currentTarget.value, event.currentTarget.selectionStart)}
          onKeyDown={onKeyDown}
          onPaste={paste}
          onBlur={() => draft.setCompletion(null)}
        />
        <Attachments files={draft.files} onRemove={draft.detach} />
        <div class="composer-bar">
          <button
            type="button"
            class="icon-button"
            aria-label="Attach a file"
            title="Attach a file"
            onClick={() => picker.current?.click()}
          >
            <Icon name="clip" />
          </button>
          <input
            ref={picker}
            type="file"
            multiple
            class="hidden"
            tabIndex={-1}
            aria-label="Choose files"
            onChange={(event) => {
              draft.attach(event.currentTarget.files ?? []);
              event.currentTarget.value = "";
            }}
          />
          <span class="composer-hint">
            as <strong>{actor.realName}</strong>
          </span>
          <button
            type="button"
            class="send-button"
            aria-label="Send"
            title="Send (Enter)"
            disabled={draft.isSending || (text.trim() === "" && draft.files.length === 0)}
            onClick={() => void draft.submit()}
          >
            <Icon name="send" />
          </button>
        </div>
      </div>
    </div>
  );
}
