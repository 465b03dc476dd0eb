import { setTimeout as wait } from "node:timers/promises";
import { WebAPIPlatformError, WebAPIRateLimitedError } from "@slack/web-api";
import type { Log } from "../../model/ports.js";

/** A Web API call's outcome. `lost` means Slack may or may not have done it. */
export type Called<Value> =
  | { readonly kind: "answered"; readonly value: Value }
  | { readonly kind: "refused"; readonly error: string }
  | { readonly kind: "lost"; readonly error: string };

const mostWaits = 5;
const longestWaitSeconds = 60;

/** Makes one call; a 429 waits as long as Slack says and tries again, which is safe because a rate-limited call did nothing. */
export async function callSlack<Value>(call: () => Promise<Value>, log: Log): Promise<Called<Value>> {
  for (let waits = 0; ; waits += 1) {
    try {
      return { kind: "answered", value: await call() };
    } catch (error) {
      if (error instanceof WebAPIRateLimitedError) {
        if (waits >= mostWaits || error.retryAfter > longestWaitSeconds) return { kind: "refused", error: "rate_limited" };
        log.warn({ seconds: error.retryAfter }, "Slack asked Guard to slow down");
        await wait(error.retryAfter * 1000);
      } else if (error instanceof WebAPIPlatformError) {
        return { kind: "refused", error: error.data.error };
      } else {
        return { kind: "lost", error: error instanceof Error ? error.message : String(error) };
      }
    }
  }
}
