// Runs the import rules, and fails when fewer modules were cruised than src/ holds: a rule that saw nothing proves nothing.
import { readdir } from "node:fs/promises";
import { spawnSync } from "node:child_process";

const directory = process.argv[2] ?? "src";
const sources = (await readdir(directory, { recursive: true })).filter((name) => /\.tsx?$/.test(name) && !name.endsWith(".d.ts"));
const run = spawnSync(
  "npx",
  ["--no-install", "depcruise", "--config", ".dependency-cruiser.mjs", "--output-type", "json", "--", directory],
  {
    encoding: "utf8",
    maxBuffer: 256 * 1024 * 1024,
  },
);
if (!run.stdout.startsWith("{")) {
  process.stderr.write(`import rules could not run: ${run.stderr || run.stdout}\n`);
  process.exit(2);
}
const { summary, modules } = JSON.parse(run.stdout);
const seen = modules.filter((module) => module.source.startsWith(`${directory}/`)).length;
for (const violation of summary.violations) {
  const rule = summary.ruleSetUsed.forbidden.find((candidate) => candidate.name === violation.rule.name);
  process.stderr.write(`${violation.rule.name}: ${violation.from} → ${violation.to}\n  ${rule?.comment ?? ""}\n`);
}
if (seen < sources.length) {
  process.stderr.write(
    `import rules saw ${seen} modules, ${directory}/ holds ${sources.length}: the cruise is blind, so its silence means nothing\n`,
  );
}
process.stdout.write(`import rules: ${seen} modules, ${summary.violations.length} violations\n`);
process.exit(summary.violations.length > 0 || seen < sources.length ? 1 : 0);
