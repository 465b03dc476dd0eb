import type { Snapshot } from "../page-frames.js";

export interface Suggestion {
  /** What replaces the typed word. */
  readonly insert: string;
  readonly label: string;
  readonly note: string;
}

export interface Completion {
  /** Where the word being completed starts in the text. */
  readonly start: number;
  readonly suggestions: readonly Suggestion[];
}

function completeMention(word: string, snapshot: Snapshot): readonly Suggestion[] {
  const everyone = [snapshot.bot, ...snapshot.people];
  return everyone
    .filter(({ name, realName }) => name.startsWith(word) || realName.toLowerCase().startsWith(word))
    .map(({ name, realName }) => ({ insert: `@${name} `, label: `@${name}`, note: realName }));
}

function completeCommand(typed: string, snapshot: Snapshot): readonly Suggestion[] {
  return snapshot.commands.flatMap(({ command, description, usage }) => {
    const forms = usage.split("|").map((form) => form.trim());
    const whole = forms.map((form) => `${command} ${form.split(" ")[0] ?? ""}`);
    if (typed.startsWith(`${command} `)) {
      return whole.flatMap((line, index) =>
        line.startsWith(typed) && line !== typed ? [{ insert: `${line} `, label: line, note: forms[index] ?? "" }] : [],
      );
    }
    return command.startsWith(typed) ? [{ insert: `${command} `, label: command, note: description }] : [];
  });
}

/** What could complete the word before the caret; null when nothing does. */
export function complete(text: string, caret: number, snapshot: Snapshot): Completion | null {
  const before = text.slice(0, caret);
  const mention = /(?:^|[\s(])@([a-z0-9._-]*)$/i.exec(before);
  if (mention !== null) {
    const word = mention[1] ?? "";
    const suggestions = completeMention(word.toLowerCase(), snapshot);
    return suggestions.length === 0 ? null : { start: caret - word.length - 1, suggestions };
  }
  if (!/^\/\S*( \S*)?$/.test(before)) return null;
  const suggestions = completeCommand(before, snapshot);
  return suggestions.length === 0 ? null : { start: 0, suggestions };
}
