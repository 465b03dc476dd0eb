import chromium from "@sparticuz/chromium";
import { build } from "esbuild";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium as launcher, type Browser } from "playwright-core";

/** Opens a headless Chromium that talks to nobody but the pages a test opens. */
export async function openBrowser(): Promise<Browser> {
  return launcher.launch({
    executablePath: await chromium.executablePath(),
    headless: true,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-default-apps",
      "--disable-sync",
      "--no-first-run",
      "--hide-scrollbars",
    ],
  });
}

/** Builds the workspace's page as it is now; the folder goes into `pageDirectory`. */
export async function buildPage(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "guard-page-"));
  await build({
    entryPoints: ["src/workspace/page/main.tsx", "src/workspace/page/source.ts"],
    outdir: folder,
    bundle: true,
    platform: "browser",
    target: "es2022",
    format: "esm",
    jsx: "automatic",
    jsxImportSource: "preact",
    logLevel: "error",
  });
  return folder;
}
