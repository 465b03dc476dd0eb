import { rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { packageRoot } from "../../src/shell/data/package-root.js";

let building: Promise<string> | null = null;

/** The command line as it stands in src/, bundled once for this test process; gives the file to run. It lies inside the package, where it finds data/ and its dependencies. */
export function builtGuard(): Promise<string> {
  building ??= bundle();
  return building;
}

async function bundle(): Promise<string> {
  const root = packageRoot();
  const outdir = join(root, "node_modules", ".cache", `guard-test-${process.pid}`);
  process.once("exit", () => rmSync(outdir, { recursive: true, force: true }));
  await build({
    ...{ entryPoints: [join(root, "src/cli.ts")], outdir, bundle: true, splitting: true, platform: "node", target: "node20" },
    ...{ format: "esm", packages: "external", logLevel: "warning", sourcemap: "inline" },
  });
  return join(outdir, "cli.js");
}
