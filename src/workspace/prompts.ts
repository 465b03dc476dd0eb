import type { MessageShortcut, SlashCommand, SuggestedPrompt } from "./page-frames.js";

/** The slash commands the app declares in its manifest. */
export const commands: readonly SlashCommand[] = [
  {
    command: "/guard",
    description: "Audit a repository, list decisions, or ask for help",
    usage: "audit [repository] [ref] [path] | decisions | stop | help",
  },
];

/** The message shortcuts the app declares in its manifest. */
export const shortcuts: readonly MessageShortcut[] = [{ name: "Review with Guard", callbackId: "guard:review" }];

/** What a person who sees the workspace for the first time can click. */
export const prompts: readonly SuggestedPrompt[] = [
  { title: "Review a file", text: "@guard review lib/shop/catalog.ex" },
  { title: "Audit the whole project", text: "/guard audit" },
  { title: "See what Guard can do", text: "/guard help" },
];
