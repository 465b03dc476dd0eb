import type { Canonical } from "../../../model/likeness/canonical.js";

/** What extracted code would be for: the seven patterns that belong into one place each, or none of them. */
export type Pattern =
  "error_handling" | "validation" | "authorization" | "queries" | "transformations" | "api_responses" | "telemetry" | "none";

const signs: readonly (readonly [Pattern, RegExp])[] = [
  ["telemetry", /^call :telemetry /],
  ["validation", /^call (Ecto\.Changeset)? (validate_\w+|add_error|unsafe_validate_unique)$/],
  ["authorization", /^call \S* (authorize!?|permit\??|can\?|has_(permission|role|access)\w*\??|ensure_(admin|owner|authorized)\w*)$/],
  ["api_responses", /^call (Plug\.Conn|Phoenix\.Controller)? (put_status|send_resp|json|put_resp_\w+|render|redirect|put_flash)$/],
  ["queries", /^call (Ecto\.Query)? (from|where|join|order_by|select|preload|group_by)$/],
];

/** Tells from the calls of some code which of the patterns it is. */
export function patternOf({ tokens }: Canonical): Pattern {
  const found = signs.find(([, sign]) => tokens.some((token) => sign.test(token)));
  if (found !== undefined) return found[0];
  if (tokens.includes(": error") && tokens.includes("case")) return "error_handling";
  const maps = tokens.filter((token) => token.startsWith("% ") || token.startsWith("kw ")).length;
  return maps > 0 && !tokens.includes("case") && !tokens.includes("with") ? "transformations" : "none";
}

/** How often code does something; a list of fixed values hardly does. */
export function deedsIn({ tokens }: Canonical): number {
  return tokens.filter((token) => /^(call |op |fn$|case$|cond$|if$|unless$|with$|for$|apply$|\. )/.test(token)).length;
}
