// Fails when a generated file is missing, stale or left over, or a rule still holds an unanswered question.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { generatedFiles, rulePaths } from "./generated.js";

const root = join(import.meta.dirname, "..");
const files = await generatedFiles(root);
const faults: string[] = [];

for (const [path, content] of files) {
  const onDisk = await readFile(join(root, path), "utf8").catch(() => null);
  if (onDisk !== content) faults.push(`${path} is ${onDisk === null ? "missing" : "stale"}: run \`npm run generate\`.`);
}
for (const page of await readdir(join(root, "docs/rules"))) {
  if (!files.has(`docs/rules/${page}`)) faults.push(`docs/rules/${page} belongs to no rule: run \`npm run generate\`.`);
}
for (const path of await rulePaths(root)) {
  const source = await readFile(join(root, "src/rules", `${path}.ts`), "utf8");
  for (const question of source.matchAll(/QUESTION: [^"`]+/g)) faults.push(`src/rules/${path}.ts still asks: ${question[0]}`);
}

for (const fault of faults) console.error(fault);
console.log(`generated files: ${files.size} checked, ${faults.length} faults`);
process.exitCode = faults.length > 0 ? 1 : 0;
