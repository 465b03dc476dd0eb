import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createSampleRepository } from "../src/workspace/sample-repository.js";
import { prepareReferences, prepareSources, tryPayload } from "./fuzz/attacks.js";
import { fuzz, longestMs, type Fuzzed } from "./fuzz/run.js";

const usage = "usage: npm run fuzz -- [--payloads N] [--sources N] [--references N] [--seed N]";

/** Throws malformed payloads, mutated sources and hostile references at Guard; exits 1 when one crashes it, hangs, or is left unhandled. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      payloads: { type: "string", default: "50000" },
      sources: { type: "string", default: "5000" },
      references: { type: "string", default: "2000" },
      seed: { type: "string", default: "1" },
    },
  });
  const [payloads, sources, references, seed] = [values.payloads, values.sources, values.references, values.seed].map(Number);
  if (
    payloads === undefined ||
    sources === undefined ||
    references === undefined ||
    seed === undefined ||
    Number.isNaN(payloads + sources + references + seed)
  )
    throw new Error(usage);
  let unhandled = 0;
  process.on("unhandledRejection", () => (unhandled += 1));
  const scratch = mkdtempSync(join(tmpdir(), "guard-fuzz-"));
  try {
    const repository = await createSampleRepository(join(scratch, "shop"));
    const results = [
      await fuzz("malformed payloads", payloads, seed, tryPayload),
      await fuzz("mutated sources", sources, seed, await prepareSources()),
      await fuzz("hostile references", references, seed, await prepareReferences(repository.path, join(scratch, "data"))),
    ];
    for (const result of results) report(result);
    process.stdout.write(`unhandled rejections: ${unhandled}\n`);
    if (unhandled > 0 || results.some(({ crashes, slow }) => crashes.length + slow.length > 0)) process.exitCode = 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function report({ what, tried, crashes, slow, slowestMs }: Fuzzed): void {
  process.stdout.write(
    `${tried} ${what}: ${crashes.length} crashed, ${slow.length} over ${longestMs / 1_000} s, slowest ${Math.round(slowestMs)} ms\n`,
  );
  for (const line of [...crashes, ...slow]) process.stdout.write(`  ${line}\n`);
}

await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
});
