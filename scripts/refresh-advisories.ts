// Writes data/advisories.yml from a checkout of github.com/mirego/elixir-security-advisories, which mirrors the Erlang part of the
// GitHub Advisory Database: `npm run refresh:advisories -- PATH`.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import * as z from "zod";
import { Advisories } from "../src/model/advisories.js";

const Published = z.object({
  id: z.string(),
  package: z.string(),
  severity: z.enum(["critical", "high", "moderate", "low"]),
  title: z.string(),
  disclosure_date: z.string(),
  vulnerable_version_ranges: z.array(z.string()),
  first_patched_versions: z.array(z.string().nullable()),
});

const header = `# Known faults of Hex packages, one entry an advisory. Written by \`npm run refresh:advisories -- PATH\`, where PATH is a checkout of
# github.com/mirego/elixir-security-advisories; change nothing by hand. The content is of the GitHub Advisory Database
# (github.com/advisories, CC BY 4.0), each entry at https://github.com/advisories/ID.
`;

const [checkout] = process.argv.slice(2);
if (checkout === undefined) throw new Error("No folder was named: give the path of a checkout of elixir-security-advisories.");
const files = (await readdir(join(checkout, "packages"), { recursive: true })).filter((path) => path.endsWith(".yml")).sort();
const published = await Promise.all(
  files.map(async (path) => Published.parse(parse(await readFile(join(checkout, "packages", path), "utf8")))),
);
const advisories = published
  // Names that no Hex package can have are of other software by the same authors.
  .filter((advisory) => /^[a-z][a-z0-9_]*$/.test(advisory.package))
  .map((advisory) => ({
    package: advisory.package,
    id: advisory.id,
    severity: advisory.severity,
    published: advisory.disclosure_date,
    title: advisory.title.trim(),
    affected: advisory.vulnerable_version_ranges,
    fixed: advisory.first_patched_versions.filter((version) => version !== null),
  }))
  .sort((one, other) => one.package.localeCompare(other.package) || one.id.localeCompare(other.id));
const content = Advisories.parse({ version: 1, advisories });
await writeFile(join(import.meta.dirname, "../data/advisories.yml"), header + stringify(content, { lineWidth: 0 }));
console.log(`wrote ${advisories.length} advisories of ${new Set(advisories.map((advisory) => advisory.package)).size} packages`);
