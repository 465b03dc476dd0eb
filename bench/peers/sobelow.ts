import { join } from "node:path";
import * as z from "zod";
import { applicationsIn } from "./applications.js";
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
