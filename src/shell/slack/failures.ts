import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from "@slack/web-api";

const hopeless = [
  "invalid_auth",
  "not_authed",
  "account_inactive",
  "user_removed_from_team",
  "team_disabled",
  "token_revoked",
  "token_expired",
  "not_allowed_token_type",
  "missing_scope",
];

/** Whether trying again with the same tokens can never work. */
export function isHopeless(error: unknown): boolean {
  return error instanceof WebAPIPlatformError && hopeless.includes(error.data.error);
}

/** One sentence for a person who starts Guard: which token or connection, why, and what to do. Never holds the token. */
export function failureSentence(error: unknown, which: "bot" | "app"): string {
  const variable = which === "bot" ? "SLACK_BOT_TOKEN" : "SLACK_APP_TOKEN";
  const page = which === "bot" ? "OAuth & Permissions" : "Basic Information, App-Level Tokens";
  if (error instanceof WebAPIPlatformError) {
    const code = error.data.error;
    if (code === "missing_scope")
      return `${variable} lacks a scope Guard needs; reinstall the app from manifest.yml and set the new token.`;
    if (code === "not_allowed_token_type")
      return `${variable} is a token of another kind; take the one under ${page} in the app's settings.`;
    if (hopeless.includes(code))
      return `Slack refuses ${variable} (${code}): it is wrong or was revoked; take a new one under ${page} and start Guard again.`;
    return `Slack refused to connect Guard (${code}); look at the app's settings under ${page}.`;
  }
  if (error instanceof WebAPIRateLimitedError)
    return `Slack asks Guard to wait ${error.retryAfter} s before it connects; start it again then.`;
  if (error instanceof WebAPIHTTPError)
    return `Slack answered with HTTP ${error.statusCode}; see https://status.slack.com and start Guard again.`;
  if (error instanceof WebAPIRequestError)
    return `Slack cannot be reached (${error.original.message}); check the network or proxy and start Guard again.`;
  return `Guard could not connect to Slack (${error instanceof Error ? error.message : String(error)}); start it again.`;
}
