import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll } from "vitest";
import { packageRoot } from "../../src/shell/data/package-root.js";

let building: Promise<string> | null = null;
const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** The command line as it stands in src/, bundled once for a test file; gives the file to run. It lies inside the package, where it finds data/ and its dependencies. */
export function builtGuard(): Promise<string> {
  building ??= bundle();
  return building;
}

async function bundle(): Promise<string> {
  const root = packageRoot();
  const caches = join(root, "node_modules", ".cache");
  mkdirSync(caches, { recursive: true });
  const outdir = mkdtempSync(join(caches, "guard-test-"));
  made.push(outdir);
  await build({
    ...{ entryPoints: [join(root, "src/cli.ts")], outdir, bundle: true, splitting: true, platform: "node", target: "node20" },
    ...{ format: "esm", packages: "external", logLevel: "warning", sourcemap: "inline" },
  });
  return join(outdir, "cli.js");
}
