import type { SuggestedPrompt } from "../page-frames.js";
import type { Channel } from "../types.js";
import { Avatar } from "./avatar.js";
import { usePage } from "./context.js";
import { channelTitle } from "./model.js";
import { send } from "./send.js";

function Prompt({ prompt, channel }: { readonly prompt: SuggestedPrompt; readonly channel: string }) {
  const { client, snapshot } = usePage();
  const say = (): Promise<string | null> => send(client, snapshot.commands, { channel, thread: null, text: prompt.text, files: [] });
  return (
    <button type="button" class="prompt" onClick={() => void say()}>
      <strong>{prompt.title}</strong>
      <code>{prompt.text}</code>
    </button>
  );
}

/** The top of a channel: what it is, and while nothing was said yet, what to say. */
export function Welcome({ channel, isEmpty }: { readonly channel: Channel; readonly isEmpty: boolean }) {
  const { state, snapshot } = usePage();
  const title = channelTitle(snapshot, channel, state.actor);
  if (!isEmpty) return null;
  return (
    <section class="welcome">
      <Avatar user={snapshot.bot} />
      <h2>{channel.kind === "im" ? `Talk to ${title}` : `Welcome to #${title}`}</h2>
      <p>
        Guard is a back-end consultant. Mention <span class="mention">@guard</span> with a file, a module or a pasted piece of code, and it
        answers in a thread: what is wrong, what it costs, and the complete fix. Nothing is applied without your word.
      </p>
      <div class="prompts" role="group" aria-label="Suggested first messages">
        {snapshot.prompts.map((prompt) => (
          <Prompt key={prompt.text} prompt={prompt} channel={channel.id} />
        ))}
      </div>
    </section>
  );
}
