import type { ReplyMessage } from "../model/reply.js";
import { context, sections } from "./blocks.js";
import { inlineCode } from "./text.js";

/** What Guard can do, with words to copy. `repositories` are the names that may be discussed here. */
export function renderHelp(repositories: readonly string[]): ReplyMessage {
  const lines = [
    "*Guard reviews back-end code and remembers what you decide.*",
    "• `@guard review lib/shop/orders.ex` (also `path:10-40`, `Module.fun/2`, a GitHub or GitLab link, an attached file, a pasted code block; add `at BRANCH` for another version)",
    "• in the thread, without a mention: `why is 2 critical`, `show the migration`, `show the tests`, `show all`, `what about list/1`, `proceed`",
    "• decide: `accept 1`, `reject 2 because …`, `reject 2 in this file because …`, `later 3`; a settled point is not raised again until the code under it changes",
    "• `/guard audit [repo] [ref] [path]` looks at a whole project; `/guard review …`, `/guard decisions [words]`, `/guard explain RULE`",
    "• stop a running review or audit: the Stop button, ❌ on it, or `stop` in its thread",
  ];
  const here =
    repositories.length === 0
      ? "No repository is configured for this channel; add it under `channels:` in guard.config.yml. Attached files and pasted code work."
      : `Repositories here: ${repositories.map(inlineCode).join(", ")}`;
  return {
    text: "Guard reviews back-end code and remembers what you decide. Try: @guard review followed by a path.",
    blocks: [...sections(lines.join("\n")), ...context([here])],
  };
}
