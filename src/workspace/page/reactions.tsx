import type { Message } from "../types.js";
import { Emoji } from "./block-kit/rich-text.js";
import { usePage } from "./context.js";
import { findUser } from "./model.js";

/** The emoji under a message; pressing one adds or takes back one's own. */
export function Reactions({ message, channel }: { readonly message: Message; readonly channel: string }) {
  const { actor, client, snapshot } = usePage();
  if (message.reactions === undefined) return null;
  return (
    <div class="reactions">
      {message.reactions.map(({ name, users, count }) => {
        const isOwn = users.includes(actor.id);
        const names = users.map((user) => findUser(snapshot, user)?.realName ?? user).join(", ");
        return (
          <button
            key={name}
            type="button"
            class={isOwn ? "reaction is-own" : "reaction"}
            aria-pressed={isOwn}
            aria-label={`${name.replace(/_/g, " ")}: ${names}`}
            title={names}
            onClick={() => void client.react(channel, message.ts, name, !isOwn)}
          >
            <Emoji name={name} />
            <span>{count}</span>
          </button>
        );
      })}
    </div>
  );
}
