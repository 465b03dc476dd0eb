import type { Route } from "../../../model/project.js";
import { routesOf, saysMissing } from "./claim.js";
import type { Judged, Refute } from "./claim.js";

/** Claims that a route lacks a login, a plug or a limit which stands on every way to it. */
export const webRefutations: readonly Refute[] = [guarded, forgeryProtected, headersSet, rateLimited, routeExists];

const strangers =
  /\bunauthenticated\b|\bunprotected\b|\bwithout (?:being )?(?:logged in|logging in|signing in|a login|authentication|authoris|authoriz)|\banonymous(?:ly)?\b|\banyone (?:can|may|could)\b|\bstrangers?\b|\bpublicly (?:reachable|accessible)\b|\bskips? (?:the )?(?:login|auth)/i;

function guarded(claim: Judged): string | null {
  if (
    !saysMissing(claim.text, "auth(?:entication|orization|orisation)?|log ?in|login|require_\\w+|guard(?:ed)?|protected") &&
    !strangers.test(claim.text)
  )
    return null;
  const routes = routesOf(claim);
  const guards = routes.map((route) => guardOf(route, claim));
  const [first] = guards;
  if (first === undefined || first === null || guards.includes(null)) return null;
  return `${nameOf(routes[0])} is guarded by ${first}`;
}

function guardOf(route: Route, { consultation }: Judged): string | null {
  return consultation.guardOf?.(route) ?? null;
}

function forgeryProtected(claim: Judged): string | null {
  return saysMissing(claim.text, "csrf|forgery|protect_from_forgery") ? plugged(claim, /^:?protect_from_forgery$|CSRFProtection/) : null;
}

function headersSet(claim: Judged): string | null {
  return saysMissing(claim.text, "secur(?:e|ity)[ _](?:browser[ _])?headers|content[ -]security|put_secure_browser_headers")
    ? plugged(claim, /^:?put_secure_browser_headers$/)
    : null;
}

function rateLimited(claim: Judged): string | null {
  return saysMissing(claim.text, "rate[ -_]?limit\\w*|throttl\\w+") ? plugged(claim, /rate|limit|throttl|hammer|attack/i) : null;
}

/** Every route the claim is about, or where it names none every route of the project, passes such a plug. */
function plugged(claim: Judged, name: RegExp): string | null {
  const own = routesOf(claim);
  const routes = own.length > 0 ? own : claim.consultation.project.routes;
  const plugs = routes.map((route) => route.plugs.find((plug) => name.test(plug.name)));
  return routes.length === 0 || plugs.includes(undefined) ? null : `${nameOf(routes[0])} passes ${plugs[0]?.name}`;
}

function routeExists(claim: Judged): string | null {
  const missing = /\b(?:no|missing) route (?:for|to) `?(?:(GET|POST|PUT|PATCH|DELETE) )?(\/[\w/:-]*)/i.exec(claim.text);
  if (missing === null) return null;
  const [, verb, path] = missing;
  const route = claim.consultation.project.routes.find(
    (known) => known.path === path && (verb === undefined || known.verb === verb.toLowerCase()),
  );
  return route === undefined ? null : `${nameOf(route)} is in ${route.file}`;
}

function nameOf(route: Route | undefined): string {
  return route === undefined ? "the route" : `${route.verb.toUpperCase()} ${route.path}`;
}
