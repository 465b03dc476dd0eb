import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { Configuration } from "../../model/configuration.js";
import type { LoadedConfiguration } from "./parse.js";

/** What an empty file says, without loading what checks one. */
const unconfigured: Configuration = {
  repositories: [],
  model: { id: null, fallback: null, baseUrl: null },
  git: { staleAfterMs: 60_000, timeoutMs: 120_000 },
  proof: { run: false, timeoutMs: 300_000 },
};

/** Reads and checks `guard.config.yml`. A file that is not there is an empty configuration, unless it is `required` because someone named it. */
export async function loadConfiguration(path: string, options: { readonly required?: boolean } = {}): Promise<LoadedConfiguration> {
  const file = basename(path);
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => error);
  if (typeof text === "string") return import("./parse.js").then(({ parseConfiguration }) => parseConfiguration(file, text));
  if (text.code === "ENOENT" && options.required !== true) return { kind: "loaded", configuration: unconfigured };
  const reason =
    text.code === "ENOENT"
      ? "does not exist: create it or leave GUARD_CONFIG unset"
      : `can't be read (${text.code ?? "unknown"}): check its permissions`;
  return { kind: "faults", faults: [`${path} ${reason}.`] };
}
