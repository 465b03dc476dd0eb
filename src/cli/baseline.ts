import { readFile } from "node:fs/promises";
import * as z from "zod";

/** What `guard audit --format json` wrote, or any object with findings that have fingerprints. */
const Baseline = z.object({ findings: z.array(z.object({ fingerprint: z.string() })) });

export type ReadBaseline =
  { readonly kind: "read"; readonly fingerprints: ReadonlySet<string> } | { readonly kind: "failed"; readonly sentence: string };

/** Fingerprints that were known before. */
export async function readBaseline(path: string): Promise<ReadBaseline> {
  try {
    const { findings } = Baseline.parse(JSON.parse(await readFile(path, "utf8")));
    return { kind: "read", fingerprints: new Set(findings.map(({ fingerprint }) => fingerprint)) };
  } catch {
    return {
      kind: "failed",
      sentence: `The baseline ${path} cannot be read: write one with \`guard audit … --format json > ${path}\`.`,
    };
  }
}
