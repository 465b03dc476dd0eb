// Builds dist/: one bundle per door, one for the parsing threads, and the local workspace's page.
import { readFile, rm } from "node:fs/promises";
import { existsSync } from "node:fs";
import { build } from "esbuild";

await rm("dist", { recursive: true, force: true });

// What every command loads is bundled, because finding and reading its hundreds of small files took a third of a second; all else stays outside.
const bundled = new Set(["commander", "kysely", "p-queue", "p-retry", "picocolors", "simple-git", "yaml", "zod"]);
const { dependencies, optionalDependencies } = JSON.parse(await readFile("package.json", "utf8"));
const outside = Object.keys({ ...dependencies, ...optionalDependencies }).filter((name) => !bundled.has(name));

const nodeEntries = ["src/cli.ts", "src/main.ts", "src/main/extract-worker.ts"].filter((entry) => existsSync(entry));
await build({
  entryPoints: Object.fromEntries(nodeEntries.map((entry) => [entry.split("/").at(-1).replace(".ts", ""), entry])),
  outdir: "dist",
  bundle: true,
  splitting: true,
  platform: "node",
  target: "node20",
  format: "esm",
  external: outside.flatMap((name) => [name, `${name}/*`]),
  // CommonJS packages ask for Node's own modules with `require`, which a module has only when it makes it.
  banner: { js: 'import { createRequire as createNodeRequire } from "node:module"; const require = createNodeRequire(import.meta.url);' },
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
