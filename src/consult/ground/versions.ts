import type { Project } from "../../model/project.js";
import { lockedVersions } from "../../project/locked-versions.js";

/** Checks a version that a sentence gives a package against `mix.lock`, else against the requirement. */
export interface Versions {
  /** The first version the project does not bear out; null when there is none. */
  readonly unborne: (sentence: string) => string | null;
  /** The sentence without the versions that the project bears out, so that they are not taken for figures. */
  readonly without: (sentence: string) => string;
}

/** `ecto_sql 3.12.1`, `Phoenix v1.7`, `Oban version 2.17`. */
const spoken = /`?\b([A-Za-z][\w]*(?: LiveView| SQL)?)`?,? (?:version |v)?(\d+(?:\.\d+)+(?:-[\w.]+)?)/g;

/** The versions a project is known to have. */
export function createVersions(project: Project): Versions {
  const locked = new Map<string, string>(
    [...project.files.values()]
      .filter(({ path }) => /(^|\/)mix\.lock$/.test(path))
      .flatMap((facts) => lockedVersions(facts).map(({ name, version }) => [name, version] as const)),
  );
  const versionOf = (name: string) => {
    const written = packageName(name);
    return locked.get(written) ?? project.dependencies.get(written) ?? null;
  };
  const bears = (name: string, version: string) => {
    const known = versionOf(name)?.replace(/^[~><=\s]+/, "") ?? null;
    return known !== null && (known === version || known.startsWith(`${version}.`) || version.startsWith(`${known}.`) || version === known);
  };
  return {
    unborne: (sentence) => {
      for (const [written, name = "", version = ""] of sentence.matchAll(spoken))
        if (isPackage(name, project, locked) && !bears(name, version)) return written.trim();
      return null;
    },
    without: (sentence) => sentence.replace(spoken, (written, name: string, version: string) => (bears(name, version) ? name : written)),
  };
}

function packageName(name: string): string {
  return name
    .replace(/ /g, "_")
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();
}

function isPackage(name: string, project: Project, locked: ReadonlyMap<string, string>): boolean {
  const written = packageName(name);
  return locked.has(written) || project.dependencies.has(written);
}
