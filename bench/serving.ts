import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { analyse } from "../src/app/analyse.js";
import { createServingAnalysis } from "../src/main/analysis.js";
import { loadData } from "../src/shell/data/data.js";
import { packageRoot } from "../src/shell/data/package-root.js";
import { createOpenTree } from "../src/shell/git/open-tree.js";
import { createParser } from "../src/shell/grammars/parser.js";

const audits = 8;
const counted = 5;

/** Wall milliseconds of each of the last audits of an unchanged folder in one process that keeps facts as the bot does; every rule runs each time. */
export async function measureServing(folder: string, scratch: string): Promise<readonly number[]> {
  const dataDirectory = mkdtempSync(join(scratch, "serving-"));
  const { effects: vocabulary, checklist, advisories } = loadData(packageRoot(), ["effects", "checklist", "advisories"]);
  const data = { vocabulary, checklist, advisories: async () => advisories.advisories };
  const serving = createServingAnalysis({
    dataDirectory,
    parse: await createParser(),
    data,
    warn: (sentence) => process.stderr.write(`${sentence}\n`),
  });
  const openTree = createOpenTree({ dataDirectory, allowLocalPaths: true, folderMemory: serving.folders });
  const times: number[] = [];
  try {
    for (let audit = 0; audit < audits; audit += 1) {
      const started = performance.now();
      const opened = await openTree({ location: folder, revision: null, defaultBranch: null });
      if (opened.kind === "failed") throw new Error(opened.sentence);
      await analyse(opened.tree, serving.ports);
      times.push(performance.now() - started);
    }
  } finally {
    await serving.close();
    rmSync(dataDirectory, { recursive: true });
  }
  return times.slice(-counted);
}
