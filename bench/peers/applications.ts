import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Folders with an application, as other tools read one at a time: the folder itself, those of an umbrella, or those one folder down. */
export function applicationsIn(folder: string): string[] {
  const isApplication = (path: string): boolean => ["mix.exs", "lib"].every((name) => existsSync(join(folder, path, name)));
  const within = (path: string): string[] => foldersIn(join(folder, path)).map((name) => join(path, name));
  const found = [".", ...within("."), ...within("apps")].filter(isApplication);
  return found.includes(".") ? [".", ...found.filter((path) => path.startsWith("apps/"))] : found;
}

function foldersIn(path: string): string[] {
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !/^(\.|deps$|_build$|node_modules$)/.test(entry.name))
    .map(({ name }) => name)
    .sort();
}
