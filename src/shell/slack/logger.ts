import { LogLevel } from "@slack/bolt";
import type { Logger } from "@slack/bolt";
import type { Log } from "../../model/ports.js";

/** The SDK's log through Guard's own. Debug lines are dropped: the SDK puts message bodies and tokens into them. */
export function sdkLogger(log: Log): Logger {
  const line = (parts: readonly unknown[]): string => withoutSecrets(parts.map(String).join(" "));
  return {
    debug: () => undefined,
    info: () => undefined,
    warn: (...parts: readonly unknown[]) => log.warn({ from: "slack sdk" }, line(parts)),
    error: (...parts: readonly unknown[]) => log.error({ from: "slack sdk" }, line(parts)),
    setLevel: () => undefined,
    getLevel: () => LogLevel.WARN,
    setName: () => undefined,
  };
}

function withoutSecrets(text: string): string {
  return text.replace(/\bx(?:ox[a-z]|app)-[\w-]+/g, "[token]").replace(/([?&]ticket=)[^&\s]+/g, "$1[ticket]");
}
