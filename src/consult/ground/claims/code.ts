import type { Refute } from "./claim.js";
import { saysMissing } from "./claim.js";
import type { Judged } from "./claim.js";

/** Something a claim may say is missing, what shows in the code that it is there, and where to look: in the function, or also in what it calls. */
interface Presence {
  readonly what: string;
  readonly missing: string;
  readonly shownBy: RegExp;
  readonly where: "code" | "reached";
  /** What the quoted lines must look like for the claim to be about this at all. */
  readonly quoted?: RegExp;
}

const presences: readonly Presence[] = [
  {
    what: "a timeout",
    missing: "time[ -]?outs?|time limit",
    shownBy: /\b\w*timeout:|,\s*(?:\d[\d_]*|:infinity|@\w*timeout)\s*\)/,
    where: "code",
  },
  {
    what: "a transaction",
    missing: "transactions?|Ecto\\.Multi|Multi|Repo\\.transact\\w*",
    shownBy: /\.trans(?:action|act)\(|\bMulti\.new\b/,
    where: "reached",
  },
  {
    what: "a limit",
    missing: "limits?|pagination|paginat\\w+|bound(?:ed)?",
    shownBy: /\blimit:|\blimit\(|paginate|Stream\.|\bEnum\.take\b/,
    where: "reached",
  },
  {
    what: "a branch for the error",
    missing:
      "error (?:handling|branch|clause|case)|handl(?:e|es|ing) (?:of )?(?:the |an? )?errors?|check(?:s|ing)? (?:the |its |for an? )?(?:result|error)s?",
    shownBy: /\{:error,|\brescue\b|:error\s*->/,
    where: "code",
    quoted: /\bcase\b|\bwith\b|<-|\{:(?:ok|error)|\bdef/,
  },
  {
    what: "a log line or telemetry event",
    missing: "logg(?:ing|ed)|log (?:line|entry|message)|telemetry|instrumentation",
    shownBy: /\bLogger\.|:telemetry\./,
    where: "reached",
  },
  {
    what: "a lock",
    missing: "lock(?:ing|s)?|FOR UPDATE",
    shownBy: /\block:|\block\(|FOR UPDATE|optimistic_lock|advisory/i,
    where: "reached",
  },
  {
    what: "a scope",
    missing: "scop(?:ed|e|ing)|ownership check",
    shownBy: /\b(?:user_id|current_user|account_id|owner_id|org(?:anization)?_id|tenant_id|scope)\b/,
    where: "code",
  },
  { what: "a retry", missing: "retr(?:y|ies|ied)|back-?off", shownBy: /\bretry|max_attempts|backoff/i, where: "reached" },
  { what: "a guard", missing: "guard clause|guard", shownBy: /\bwhen\b/, where: "code" },
];

/** Claims that the code lacks something which stands in it. */
export const codeRefutations: readonly Refute[] = [...presences.map(createRefutation), preloaded, validated, constrained];

function createRefutation({ what, missing, shownBy, where, quoted }: Presence): Refute {
  return (claim) => {
    if (claim.around === null || !saysMissing(claim.text, missing) || quoted?.test(claim.quote) === false) return null;
    return shownBy.test(claim[where]) ? `${claim.around.id} has ${what}` : null;
  };
}

function preloaded(claim: Judged): string | null {
  if (claim.around === null || (!saysMissing(claim.text, "preload\\w*|load(?:ed|s)") && !/\bNotLoaded\b/.test(claim.text))) return null;
  const { project } = claim.consultation;
  const callers = (project.callers.get(claim.around.id) ?? []).length;
  const associations = [...project.schemas.values()].flatMap((schema) => schema.associations.map(({ name }) => name));
  const named = associations.find((name) => new RegExp(`(?<![\\w.])[:\`]*${name}\\b`).test(claim.text));
  if (named === undefined || callers > 0) return null;
  const loads = new RegExp(`preload(?:\\(|:)[^\\n]*\\b${named}\\b`);
  return loads.test(claim.reached) ? `${claim.around.id} preloads ${named}` : null;
}

function validated(claim: Judged): string | null {
  if (!saysMissing(claim.text, "validat\\w+")) return null;
  return inChangesets(claim, (field) => new RegExp(`validate_\\w+\\([^)]*:?\\b${field}\\b`), "validated");
}

function constrained(claim: Judged): string | null {
  const [, kind] = /\b(unique|foreign_key|check|assoc|exclusion)_constraint\b/.exec(claim.text) ?? [];
  if (kind === undefined || !saysMissing(claim.text, `${kind}_constraint`)) return null;
  return inChangesets(claim, (field) => new RegExp(`${kind}_constraint\\([^)]*:?\\b${field}\\b`), `given a ${kind}_constraint`);
}

/** A field the claim names is treated so by the schema module it is about. */
function inChangesets(claim: Judged, shows: (field: string) => RegExp, what: string): string | null {
  const { project, textOf } = claim.consultation;
  const schemas = [...project.schemas.values()].filter(
    ({ path, module }) =>
      path === claim.path || claim.text.includes(module) || new RegExp(`\\b${module.split(".").at(-1)}\\b`).test(claim.text),
  );
  for (const { path, fields, associations, module } of schemas) {
    const names = [...fields.map(({ name }) => name), ...associations.flatMap(({ name, foreignKey }) => [name, foreignKey ?? name])];
    const named = names.filter((name) => new RegExp(`\\b${name}\\b`).test(claim.text));
    const text = textOf(path) ?? "";
    if (named.length > 0 && named.every((name) => shows(name).test(text))) return `${named[0]} is ${what} in ${module} (${path})`;
  }
  return null;
}
