import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { runMeasured } from "../run-measured.js";
import type { Told } from "./told.js";

const guard = resolve(fileURLToPath(new URL("../../dist/cli.js", import.meta.url)));

const Output = z.object({
  files: z.object({ read: z.number() }),
  findings: z.array(
    z.object({
      ...{ rule: z.string(), confidence: z.enum(["certain", "likely", "possible"]), path: z.string(), line: z.number() },
      evidence: z.array(z.object({ path: z.string(), line: z.number() })),
    }),
  ),
});

/** A finding of Guard's; `shown` is false for one that only `--all` lists. */
export interface GuardTold extends Told {
  readonly shown: boolean;
  /** Other places of the same finding. */
  readonly places: readonly { readonly path: string; readonly line: number }[];
}

/** Everything Guard finds in a folder, from the built command with an empty data folder in `scratch`. */
export async function runGuard(folder: string, scratch: string): Promise<{ files: number; told: readonly GuardTold[] }> {
  const env = { ...process.env, GUARD_DATA_DIR: join(scratch, "guard") };
  const { output } = await runMeasured([guard, "audit", folder, "--all", "--format", "json"], { env, accepted: [0, 1] });
  const { files, findings } = Output.parse(JSON.parse(output));
  return {
    files: files.read,
    told: findings.map(({ rule, confidence, path, line, evidence }) => ({
      check: rule,
      path,
      line,
      shown: confidence !== "possible",
      places: evidence,
    })),
  };
}
