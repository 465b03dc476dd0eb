import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { isThere, jsonOf } from "./run-tool.js";
import type { PeerRun, Told } from "./told.js";

const Finding = z.object({ file: z.string(), line: z.number(), type: z.string() });
const Output = z.object({
  findings: z.object({
    high_confidence: z.array(Finding),
    medium_confidence: z.array(Finding),
    low_confidence: z.array(Finding),
  }),
});

/** Every finding of Sobelow, those that comments skip among them, for each application of a folder; a project's own configuration of it is not read. */
export function runSobelow(folder: string): PeerRun {
  if (!isThere("sobelow"))
    return { kind: "absent", sentence: "Sobelow is not on the path: install it (`mix escript.install hex sobelow`) to have it compared." };
  return { kind: "ran", told: applicationsIn(folder).flatMap((application) => toldOf(folder, application)) };
}

function toldOf(folder: string, application: string): Told[] {
  const words = ["--root", ".", "--format", "json", "--private", "--no-config"];
  const { findings } = Output.parse(jsonOf("sobelow", words, join(folder, application)));
  return [...findings.high_confidence, ...findings.medium_confidence, ...findings.low_confidence].map(({ file, line, type }) => ({
    check: type.replace(/:.*/s, ""),
    path: join(application, file),
    line,
  }));
}

/** Sobelow reads one application at a time: the folder itself, those of an umbrella, or those one folder down. */
function applicationsIn(folder: string): string[] {
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
