import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../shell/data/package-root.js";

/** Guard's name and version, as reports carry them. */
export function readTool(): { readonly name: string; readonly version: string } {
  const { version } = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8")) as { readonly version: string };
  return { name: "guard", version };
}
