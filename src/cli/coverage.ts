import { readFile } from "node:fs/promises";
import { parseCoverage, type Coverage } from "../model/coverage.js";

export type ReadCoverage =
  { readonly kind: "read"; readonly coverage: Coverage | null } | { readonly kind: "failed"; readonly sentence: string };

/** What ran while the tests ran; null when no file is named. */
export async function readCoverage(path: string | undefined): Promise<ReadCoverage> {
  if (path === undefined) return { kind: "read", coverage: null };
  const coverage = parseCoverage(await readFile(path, "utf8").catch(() => ""));
  return coverage === null
    ? {
        kind: "failed",
        sentence: `The coverage file ${path} cannot be read: write one with \`mix coveralls.json\` or \`mix coveralls.lcov\`.`,
      }
    : { kind: "read", coverage };
}
