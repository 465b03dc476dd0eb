import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse as parseYaml } from "yaml";
import { extractFacts, languageOf } from "../../src/code/extract.js";
import type { Project } from "../../src/model/project.js";
import { Advisories } from "../../src/model/advisories.js";
import { EffectVocabulary } from "../../src/model/vocabulary.js";
import { joinProject } from "../../src/project/join.js";
import { packageRoot } from "../../src/shell/data/package-root.js";
import { createParser } from "../../src/shell/grammars/parser.js";

const parse = await createParser();
await parse.load?.(["python", "javascript", "typescript"]);
const vocabulary = EffectVocabulary.parse(dataFile("effects"));
const { advisories } = Advisories.parse(dataFile("advisories"));

/** A project made of real source: path → text. `.sql` files are given to the join as dumps. */
export function projectFrom(files: Readonly<Record<string, string>>): Project {
  const sources = Object.entries(files);
  const facts = sources.flatMap(([path, text]) => (languageOf(path) === null ? [] : [extractFacts(path, text, parse)]));
  const structureSql = sources.filter(([path]) => path.endsWith(".sql")).map(([path, text]) => ({ path, text }));
  return joinProject(facts, vocabulary, { structureSql, advisories });
}

function dataFile(name: string): unknown {
  return parseYaml(readFileSync(join(packageRoot(), "data", `${name}.yml`), "utf8"));
}
