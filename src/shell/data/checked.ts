import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Data } from "./data.js";

/** What the build leaves beside its bundles: each file of `data/` as it was written and as it was found when it was checked. */
export type CheckedFiles = { readonly [Name in keyof Data]?: { readonly written: string; readonly data: Data[Name] } };

const builtFile = fileURLToPath(new URL("./data.json", import.meta.url));

/**
 * Files of `data/` under `root`. Those that stand as the build checked them are taken from it, because reading and checking YAML would be
 * a fifth of a short run; what was changed since, and all of it where nothing was built, is read and checked now. Throws as `loadData` does.
 */
export async function loadCheckedData<Name extends keyof Data>(
  root: string,
  names: readonly Name[],
  checkedFile: string = builtFile,
): Promise<Pick<Data, Name>> {
  const checked = existsSync(checkedFile) ? (JSON.parse(readFileSync(checkedFile, "utf8")) as CheckedFiles) : {};
  const isUnchanged = (name: Name): boolean => checked[name]?.written === readFileSync(join(root, "data", `${name}.yml`), "utf8");
  if (names.every(isUnchanged)) return Object.fromEntries(names.map((name) => [name, checked[name]?.data])) as Pick<Data, Name>;
  const { loadData } = await import("./data.js");
  return loadData(root, names);
}
