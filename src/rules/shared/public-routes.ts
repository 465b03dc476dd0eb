import type { Route } from "../../model/project.js";

/** Verbs that change something. */
export const changing = new Set<Route["verb"]>(["post", "put", "patch", "delete"]);
/** Paths that only insiders should see. */
export const sensitive = /(^|[/_.-])(admin|backoffice|internal|impersonat|flipper|oban|kaffy|superuser|staff)/i;
const publicByNature =
  /log_?in|log_?out|sign_?(in|up|out|on)|session|regist|password|passwd|reset|forgot|confirm|unlock|oauth|openid|oidc|saml|sso|callback|(^|[/:_])auth([/:_]|$)|webhook|hooks?([/:]|$)|stripe|slack|github|gitlab|bitbucket|twilio|sendgrid|mailgun|mailjet|postmark|paypal|shopify|zapier|discord|telegram|sns|events?\/receive|health|ping|status|heartbeat|ready|alive|metrics|contact|feedback|subscrib|newsletter|invit|accept|join|verif|activat|csp|report-uri|well-known|oembed|sitemap|robots|feed|rss|locale|language|theme|consent|cookie|graphi?ql|track|impression|beacon|collect|guest|payment|checkout|cancel(led)?$|\/(success|error|notify|ipn)$|search|preview|embed|share|public|docs|swagger|openapi|setup|onboard|waitlist|token|unsubscribe/i;
const carriesSecret = /:(\w*(token|secret|signature|hash|nonce|code|key|uuid)\w*)/i;

/** Whether strangers should not reach a route: it changes something or is for insiders, and nothing about it is public by nature. */
export function isWorthGuarding(route: Route): boolean {
  const names = `${route.path} ${route.action ?? ""} ${route.module.split(".").at(-1) ?? ""}`;
  if (route.unreadMacros.length > 0 || route.verb === "forward" || carriesSecret.test(route.path)) return false;
  if (publicByNature.test(names) && !sensitive.test(route.path)) return false;
  return changing.has(route.verb) || sensitive.test(route.path) || (route.verb === "live" && /^(new|edit)$/.test(route.action ?? ""));
}

/** The fixed parts a path begins with: `/admin/posts/:id` → `admin/posts`. */
export function resourceOf(route: Route): string {
  return route.path
    .split("/")
    .filter((part) => part !== "" && !part.startsWith(":"))
    .slice(0, 3)
    .join("/");
}
