import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { packageRoot } from "../shell/data/package-root.js";

const Package = z.object({ version: z.string() });

/** Guard's name and version, as reports carry them. */
export function readTool(): { readonly name: string; readonly version: string } {
  const { version } = Package.parse(JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8")));
  return { name: "guard", version };
}
