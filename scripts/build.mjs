// Builds dist/: one bundle per door, one for the parsing threads, and the local workspace's page.
import { readFile, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

await rm("dist", { recursive: true, force: true });

// What every command loads is bundled, because finding and reading its hundreds of small files took a third of a second; all else stays outside.
const bundled = new Set(["commander", "kysely", "p-queue", "p-retry", "picocolors", "simple-git", "yaml", "zod"]);
const { dependencies, optionalDependencies } = JSON.parse(await readFile("package.json", "utf8"));
const outside = Object.keys({ ...dependencies, ...optionalDependencies }).filter((name) => !bundled.has(name));

const nodeEntries = ["src/cli.ts", "src/main.ts", "src/main/extract-worker.ts", "src/shell/data/data.ts"].filter((entry) =>
  existsSync(entry),
);
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
  // Names stay, so that the stack of a bug can be read.
  ...{ minifyWhitespace: true, minifySyntax: true },
  sourcemap: true,
  logLevel: "warning",
});

// Checked once, here; a file of data/ that changes later is read and checked when it is wanted.
const { loadData } = await import(pathToFileURL("dist/data.js").href);
const checked = Object.entries(loadData(process.cwd())).map(async ([name, data]) => [
  name,
  { written: await readFile(`data/${name}.yml`, "utf8"), data },
]);
await writeFile("dist/data.json", JSON.stringify(Object.fromEntries(await Promise.all(checked))));

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
