import { reachOf } from "../../../project/reach-of.js";
import type { Judged, Refute } from "./claim.js";

/** Claims about what calls what, what is public, and which tables, columns, routes and packages there are. */
export const structureRefutations: readonly Refute[] = [callsOther, isVisible, tableKnown, columnKnown, routeKnown, packageUsed];

const spokenFunction = "`?([A-Z][\\w.]*\\.)?([a-z_]\\w*[?!]?)\\/(\\d+)`?";

/** "`a/1` calls `b/2`": the call graph has that edge, directly or through others. */
function callsOther(claim: Judged): string | null {
  const { project } = claim.consultation;
  const said = new RegExp(
    `${spokenFunction},? (?:always |then |also |directly )?(?:calls|invokes|delegates to|hands it to) ${spokenFunction}`,
  ).exec(claim.text);
  const passive = new RegExp(`${spokenFunction} is (?:called|invoked) (?:by|from) ${spokenFunction}`).exec(claim.text);
  const [caller, callee] =
    said !== null
      ? [named(claim, said, 1), named(claim, said, 4)]
      : passive !== null
        ? [named(claim, passive, 4), named(claim, passive, 1)]
        : [];
  if (caller === undefined || callee === undefined || caller.length === 0 || callee.length === 0) return null;
  const reached = caller.some((from) => {
    const reach = new Set(reachOf(from, project, 3));
    return callee.some((to) => reach.has(to));
  });
  return reached ? null : `${caller[0]} does not call ${callee[0]}`;
}

function named({ consultation }: Judged, match: RegExpExecArray, from: number): string[] {
  const owner = match[from]?.slice(0, -1);
  return [...consultation.project.functions.values()]
    .filter(
      (found) =>
        found.facts.name === match[from + 1] &&
        found.facts.arity === Number(match[from + 2]) &&
        (owner === undefined || found.module === owner || found.module.endsWith(`.${owner}`)),
    )
    .map(({ id }) => id);
}

function isVisible(claim: Judged): string | null {
  const said = new RegExp(`${spokenFunction} is (?:a )?(public|private)\\b`).exec(claim.text);
  if (said === null) return null;
  const found = named(claim, said, 1).flatMap((id) => claim.consultation.project.functions.get(id) ?? []);
  return found.length === 0 || found.some(({ facts }) => facts.visibility === said[4])
    ? null
    : `${found[0]?.id} is ${found[0]?.facts.visibility}`;
}

function tableKnown({ text, consultation }: Judged): string | null {
  const { database } = consultation.project;
  if (database.migrations === 0) return null;
  for (const [, before, after] of text.matchAll(/(?:the|table) `(\w+)` table|\btable `(\w+)`/g)) {
    const name = before ?? after ?? "";
    if (!database.tables.has(name)) return `there is no table ${name} in the replayed migrations`;
  }
  return null;
}

function columnKnown({ text, consultation }: Judged): string | null {
  const { tables, migrations } = consultation.project.database;
  if (migrations === 0) return null;
  for (const [, name = "", column = ""] of text.matchAll(/`(\w+)\.(\w+)`/g)) {
    const table = tables.get(name);
    if (table !== undefined && !table.columns.has(column) && !saysToAdd(text, column)) return `the table ${name} has no column ${column}`;
  }
  return null;
}

function saysToAdd(text: string, column: string): boolean {
  return new RegExp(`\\b(?:add|no|missing|lacks?|without)\\b[^.]{0,40}${column}`, "i").test(text);
}

function routeKnown({ text, consultation }: Judged): string | null {
  const { routes } = consultation.project;
  if (routes.length === 0) return null;
  for (const [, verb = "", path = ""] of text.matchAll(/\b(GET|POST|PUT|PATCH|DELETE) `?(\/[\w/:-]*)/g)) {
    const known = routes.some(
      (route) =>
        route.path === path && (route.verb === verb.toLowerCase() || route.verb === "match" || (route.verb === "live" && verb === "GET")),
    );
    if (!known && !/\b(?:no|missing|add) route/i.test(text)) return `no route answers ${verb} ${path}`;
  }
  return null;
}

/** "The project already uses X": its `mix.exs` says so, or X is one of its own modules. */
function packageUsed({ text, consultation }: Judged): string | null {
  const { dependencies, modules } = consultation.project;
  const said =
    /\b(?:already (?:uses|has|depends on|ships|includes)|depends on|(?:which|that) (?:the|this) project (?:already )?(?:uses|has))\s+(?:the )?[`:]*([A-Za-z]\w*)[`]*(?![\w.(/])/.exec(
      text,
    );
  const name = said?.[1];
  if (name === undefined || /^(?:an?|the|this|that|it|its|one|no|such|many|several|two|three)$/i.test(name)) return null;
  const written = name.replace(/([a-z])([A-Z])/g, "$1_$2").toLowerCase();
  const isCode = /^[A-Z]/.test(name) || new RegExp(`[\`:]${name}`).test(text);
  const bears =
    dependencies.has(written) ||
    dependencies.has(name) ||
    [...modules.keys()].some((module) => module.split(".").includes(name)) ||
    consultation.textOf("mix.lock")?.includes(`"${written}"`) === true;
  return isCode && !bears && /^[A-Z]|_/.test(name) ? `${name} is not a dependency of the project` : null;
}
