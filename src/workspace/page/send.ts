import type { SlashCommand } from "../page-frames.js";
import { explain, type Client } from "./client.js";

/** What a person is about to send. */
export interface Draft {
  readonly channel: string;
  readonly thread: string | null;
  readonly text: string;
  readonly files: readonly File[];
}

async function sendCommand(client: Client, commands: readonly SlashCommand[], draft: Draft): Promise<string | null> {
  const [command = "", ...words] = draft.text.trim().split(/\s+/);
  if (!commands.some((known) => known.command === command)) {
    return `${command} is not a command here; known: ${commands.map((known) => known.command).join(", ")}. Put a space before the slash to send it as a message.`;
  }
  if (draft.thread !== null) return `Slack takes no slash commands in threads; use ${command} in the channel, or mention @guard here.`;
  const called = await client.command(draft.channel, command, words.join(" "));
  return called.ok ? null : explain(called.error);
}

/** Sends a draft as a command, as files with a comment, or as a message; the sentence says what went wrong. */
export async function send(client: Client, commands: readonly SlashCommand[], draft: Draft): Promise<string | null> {
  if (draft.files.length === 0 && /^\/\S/.test(draft.text)) return sendCommand(client, commands, draft);
  const called =
    draft.files.length > 0
      ? await client.share(draft.channel, draft.thread, draft.files, draft.text)
      : await client.post(draft.channel, draft.thread, draft.text);
  return called.ok ? null : explain(called.error);
}
