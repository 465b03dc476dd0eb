import type { Facts } from "../../model/facts.js";
import type { Project } from "../../model/project.js";
import { perProject } from "./per-project.js";

const migrationPath = /(?:^|\/)priv\/(?:.+\/)?\w*migrations\/(?:.+\/)?(\d+)_[^/]*\.exs$/;
const testPath = /(^|\/)test\/|_test\.exs$/;

/** The version in the name of a migration file; null for every other file. */
export function versionOf(path: string): bigint | null {
  const version = migrationPath.exec(path)?.[1];
  return version === undefined ? null : BigInt(version);
}

/** How long a migration is taken to be still on its way to some servers. */
const daysOnTheWay = 90;

/** Whether a version lies within the last months of the project's migrations: the others have run wherever the application runs. */
export function isRecent(version: bigint, project: Project): boolean {
  const newest = newestVersion(project);
  return newest === null || daysBetween(version, newest) <= daysOnTheWay;
}

/** How many days later the second version is, counted with months of 31; versions that are no time count as a day each. */
export function daysBetween(earlier: bigint, later: bigint): number {
  return daysOf(later) - daysOf(earlier);
}

/** The newest migration of the project. */
export const newestVersion = perProject((project): bigint | null =>
  [...project.files.keys()].reduce<bigint | null>((newest, path) => {
    const version = versionOf(path);
    return version !== null && (newest === null || version > newest) ? version : newest;
  }, null),
);

/** A dump of the structure is kept, from which new databases are loaded: old migrations do not run again. */
export const isLoadedFromDump = perProject((project): boolean => {
  const migrations = [...project.files.keys()].filter((path) => versionOf(path) !== null).length;
  return project.database.migrations > migrations;
});

/** Days of a version that is a time (`20240131120000`), counted with months of 31; a plain number is a day each. */
function daysOf(version: bigint): number {
  const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})\d{6}$/.exec(version.toString()) ?? [];
  return year === undefined ? Number(version) : (Number(year) * 12 + Number(month)) * 31 + Number(day);
}

/** Since which version a file's code runs in migrations and nowhere else; null when other code runs it too. */
export function runsInMigration(facts: Facts, project: Project): { readonly version: bigint; readonly from: string } | null {
  const own = versionOf(facts.path);
  if (own !== null) return { version: own, from: facts.path };
  const started = startedByMigrations(project).get(facts.path);
  return started ?? null;
}

/** The files whose code runs in migrations and nowhere else. */
export const runInMigrations = perProject(
  (project): ReadonlySet<string> =>
    new Set([...[...project.files.keys()].filter((path) => versionOf(path) !== null), ...startedByMigrations(project).keys()]),
);

/** Files whose functions only migrations (and tests) call from outside, with the earliest of them. */
const startedByMigrations = perProject((project): ReadonlyMap<string, { version: bigint; from: string }> => {
  const started = new Map<string, { version: bigint; from: string }>();
  for (const [caller, sites] of project.calls) {
    const version = versionOf(sites[0]?.path ?? "");
    if (version === null || caller === "") continue;
    for (const site of sites) {
      const path = project.functions.get(site.callee)?.path;
      const earlier = path === undefined ? undefined : started.get(path);
      if (path !== undefined && path !== site.path && (earlier === undefined || version < earlier.version)) {
        started.set(path, { version, from: site.path });
      }
    }
  }
  const candidates = [...project.functions.values()].filter((entry) => started.has(entry.path));
  for (const entry of candidates) {
    const outside = (project.callers.get(entry.id) ?? []).filter((site) => site.path !== entry.path && !testPath.test(site.path));
    if (outside.some((site) => versionOf(site.path) === null)) started.delete(entry.path);
  }
  return started;
});
