import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import * as z from "zod";
import { applicationsIn } from "./applications.js";
import { isThere, jsonOf } from "./run-tool.js";
import type { PeerRun, Told } from "./told.js";

const Output = z.object({ issues: z.array(z.object({ check: z.string(), filename: z.string(), line_no: z.number().nullable() })) });

/** Every issue of Credo's default checks, or with those of `--strict`, over a folder; a project's own configuration of it is not read. `scratch` takes the empty one given instead. */
export function runCredo(folder: string, strict: boolean, scratch: string): PeerRun {
  if (!isThere("credo"))
    return { kind: "absent", sentence: "Credo is not on the path: install it (`mix escript.install hex credo`) to have it compared." };
  const configuration = join(scratch, "credo.exs");
  writeFileSync(configuration, '%{configs: [%{name: "default"}]}\n');
  return { kind: "ran", told: applicationsIn(folder).flatMap((application) => toldOf(folder, application, strict, configuration)) };
}

function toldOf(folder: string, application: string, strict: boolean, configuration: string): Told[] {
  const root = resolve(folder, application);
  const words = ["--format", "json", "--mute-exit-status", "--config-file", configuration, "--working-dir", root];
  const { issues } = Output.parse(jsonOf("credo", strict ? [...words, "--strict"] : words, root));
  return issues.map(({ check, filename, line_no }) => ({
    check: check.replace(/^Credo\.Check\./, ""),
    path: join(application, filename),
    line: line_no ?? 0,
  }));
}
