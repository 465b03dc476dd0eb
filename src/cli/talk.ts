import type { TalkToModel } from "../model/ports.js";
import { createTalk } from "../shell/claude/talk.js";
import { createLog } from "../shell/logs/logs.js";
import type { Session } from "./session.js";

/** Longest a whole answer, and a silence within one, may take, in milliseconds. */
const patience = { timeoutMs: 600_000, idleMs: 120_000, maxRestarts: 1 };

/** Claude, or whatever server the environment and the configuration name. */
export function talkToClaude({ environment, configuration }: Session): TalkToModel {
  return createTalk({
    ...{ apiKey: environment.anthropicApiKey, baseUrl: environment.anthropicBaseUrl ?? configuration.model.baseUrl },
    fallbackModel: configuration.model.fallback,
    ...{ ...patience, log: createLog({ readable: process.stderr.isTTY }) },
  });
}
