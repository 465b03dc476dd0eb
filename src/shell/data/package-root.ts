import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder that holds package.json, data/ and prompts/: found upwards from this file, in src/ as in dist/. */
export function packageRoot(): string {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json")) && existsSync(join(folder, "data"))) return folder;
    if (dirname(folder) === folder) throw new Error(`No folder with package.json and data/ lies above ${start}: reinstall Guard.`);
  }
}
