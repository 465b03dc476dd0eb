// Builds dist/: one bundle per door (dependencies stay outside) and the local workspace's page.
import { rm } from "node:fs/promises";
import { existsSync } from "node:fs";
import { build } from "esbuild";

await rm("dist", { recursive: true, force: true });

const nodeEntries = ["src/cli.ts", "src/main.ts", "src/main/extract-worker.ts"].filter((entry) => existsSync(entry));
await build({
  entryPoints: Object.fromEntries(nodeEntries.map((entry) => [entry.split("/").at(-1).replace(".ts", ""), entry])),
  outdir: "dist",
  bundle: true,
  splitting: true,
  platform: "node",
  target: "node20",
  format: "esm",
  packages: "external",
  sourcemap: true,
  logLevel: "warning",
});

if (existsSync("src/workspace/page/main.tsx")) {
  await build({
    entryPoints: ["src/workspace/page/main.tsx", "src/workspace/page/source.ts"],
    outdir: "dist/page",
    bundle: true,
    minify: true,
    platform: "browser",
    target: "es2022",
    format: "esm",
    jsx: "automatic",
    jsxImportSource: "preact",
    sourcemap: true,
    logLevel: "warning",
  });
}
