import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { commands, shortcuts } from "../../src/workspace/prompts.js";

const Manifest = z.object({
  display_information: z.object({ name: z.string().max(35), description: z.string().max(140) }),
  features: z.object({
    shortcuts: z.array(z.object({ name: z.string().max(24), type: z.literal("message"), callback_id: z.string().max(255) })),
    slash_commands: z.array(z.object({ command: z.string().max(32), description: z.string(), usage_hint: z.string() })),
  }),
  oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()), user: z.undefined().optional() }) }),
  settings: z.object({
    socket_mode_enabled: z.literal(true),
    interactivity: z.object({ is_enabled: z.literal(true) }),
    event_subscriptions: z.object({ bot_events: z.array(z.string()) }),
  }),
});

const manifest = Manifest.parse(parse(readFileSync(join(import.meta.dirname, "../../manifest.yml"), "utf8")));

/** The scope each Web API method and event that Guard uses needs, from Slack's reference. */
const neededFor: Readonly<Record<string, readonly string[]>> = {
  app_mention: ["app_mentions:read"],
  "message.channels": ["channels:history"],
  "message.groups": ["groups:history"],
  "message.im": ["im:history"],
  reaction_added: ["reactions:read"],
  "chat.postMessage, chat.update, chat.postEphemeral": ["chat:write"],
  "files.getUploadURLExternal": ["files:write"],
  "file downloads": ["files:read"],
  "reactions.add": ["reactions:write"],
  "users.info": ["users:read"],
  "conversations.info": ["channels:read", "groups:read", "im:read"],
  "/guard": ["commands"],
};

describe("manifest.yml", () => {
  it("asks for exactly the scopes that what is built needs", () => {
    expect([...manifest.oauth_config.scopes.bot].sort()).toEqual(Object.values(neededFor).flat().sort());
  });

  it("subscribes to the events that are read, and declares the command and the shortcut the local workspace has", () => {
    expect(manifest.settings.event_subscriptions.bot_events).toEqual(
      Object.keys(neededFor).filter((name) => /^(?:app_mention|message\.|reaction_)/.test(name)),
    );
    expect(manifest.features.shortcuts.map(({ name, callback_id }) => ({ name, callbackId: callback_id }))).toEqual(shortcuts);
    expect(manifest.features.slash_commands.map(({ command }) => command)).toEqual(commands.map(({ command }) => command));
  });
});
