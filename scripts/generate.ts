// Writes the rule registry and the rules' documentation from the rules on disk, and removes pages of rules that are gone.
import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generatedFiles } from "./generated.js";

const root = join(import.meta.dirname, "..");
const files = await generatedFiles(root);
for (const [path, content] of files) await writeFile(join(root, path), content);
for (const page of await readdir(join(root, "docs/rules"))) {
  if (!files.has(`docs/rules/${page}`)) await rm(join(root, "docs/rules", page));
}
console.log(`generated ${files.size} files`);
