import { WebClient } from "@slack/web-api";
import type { WebClientOptions } from "@slack/web-api";
import type { Log } from "../../model/ports.js";
import { sdkLogger } from "./logger.js";

export const requestTimeoutMs = 20_000;

/** Options of every client. Each gets its own object: the SDK writes into the one it is given. Retrying is Guard's business, because the SDK's doubles posts. */
export function clientOptions(apiUrl: string | undefined, log: Log): WebClientOptions {
  return {
    ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
    logger: sdkLogger(log),
    timeout: requestTimeoutMs,
    rejectRateLimitedCalls: true,
    retryConfig: { retries: 0 },
    allowAbsoluteUrls: true,
  };
}

/** `reading` tries again by itself, since asking twice changes nothing; `posting` never does. */
export interface Clients {
  readonly reading: WebClient;
  readonly posting: WebClient;
}

export function createClients(botToken: string, apiUrl: string | undefined, log: Log): Clients {
  return {
    reading: new WebClient(botToken, { ...clientOptions(apiUrl, log), retryConfig: { retries: 2, minTimeout: 300, maxTimeout: 2_000 } }),
    posting: new WebClient(botToken, clientOptions(apiUrl, log)),
  };
}
