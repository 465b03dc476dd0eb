import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { createResolver } from "../../src/app/resolve.js";
import { decodeFacts, encodeFacts } from "../../src/code/codec/facts.js";
import { extractFacts, languageOf } from "../../src/code/extract.js";
import { readGesture } from "../../src/intake/gestures.js";
import { parseReferences } from "../../src/intake/references.js";
import { readSlackPayload } from "../../src/intake/slack.js";
import { readWords } from "../../src/intake/words.js";
import { joinProject } from "../../src/project/join.js";
import { runRules } from "../../src/rules/run.js";
import { loadData } from "../../src/shell/data/data.js";
import { packageRoot } from "../../src/shell/data/package-root.js";
import { createOpenTree } from "../../src/shell/git/open-tree.js";
import { createParser } from "../../src/shell/grammars/parser.js";
import { malformed, wellFormed } from "./payloads.js";
import type { Random } from "./random.js";
import { mutate, nasty } from "./words.js";

type Attempt = (random: Random) => Promise<void>;

const self = { team: "T1", user: "UGUARD", bot: "BGUARD" };
const repositories = ["shop"];

/** A payload as Slack never sends it, read as the door reads every payload, and its words as the story does. */
export const tryPayload: Attempt = async (random) => {
  const payload = malformed(random.one(wellFormed), random);
  readGesture(payload, self);
  const read = readSlackPayload(payload, self);
  if (read.kind === "ignored") return;
  const { words } = read.incoming;
  JSON.stringify(read.incoming);
  readWords(words, { references: parseReferences(words, [], repositories), answered: random.chance(0.5), addressed: true, repositories });
};

/** A file of the sample project with parts cut, doubled or spoiled, read, remembered, joined with the rest of the project, and judged by every rule. */
export async function prepareSources(): Promise<Attempt> {
  const root = packageRoot();
  const folder = join(root, "src/workspace/sample/shop");
  const paths = (await readdir(folder, { recursive: true })).filter((path) => languageOf(path) !== null).sort();
  const texts = new Map(paths.map((path) => [path, readFileSync(join(folder, path), "utf8")]));
  const parse = await createParser();
  const { effects } = loadData(root, ["effects"]);
  const whole = new Map(paths.map((path) => [path, extractFacts(path, texts.get(path) ?? "", parse)]));
  return async (random) => {
    const path = random.one(paths);
    const text = mutate(texts.get(path) ?? "", random);
    const facts = extractFacts(path, text, parse);
    const bytes = encodeFacts(facts);
    const remembered = bytes === null ? facts : decodeFacts(bytes);
    const project = joinProject([...new Map(whole).set(path, remembered).values()], effects);
    runRules(project, (asked) => (asked === path ? text : (texts.get(asked) ?? null)), { paths: [path] });
    // Syntax trees are freed only when the event loop turns.
    if (random.chance(0.05)) await setImmediate();
  };
}

const asker = { team: "T1", channel: "C1", user: "U1", ts: "1.0", thread: "1.0" };
const pointing: readonly string[] = [
  "lib/shop/catalog.ex:1-9@main",
  "shop:lib/shop.ex",
  "Shop.Catalog.list_products/1",
  "review lib/shop at v1.0",
  "in repo shop on branch main",
  "https://github.com/a/shop/blob/main/lib/a.ex#L3-L9",
];

/** Words that point at code in a way meant to break out, resolved against a real repository; whatever is found must lie in it. */
export async function prepareReferences(repository: string, dataDirectory: string): Promise<Attempt> {
  const openTree = createOpenTree({ dataDirectory, allowLocalPaths: (path) => path === repository });
  const resolve = createResolver({
    ...{ openTree, parse: await createParser(), mayRead: () => true, referencesInThread: async () => [] },
    repositories: () => [{ name: "shop", url: repository, defaultBranch: "main", channels: ["*"], aliases: [] }],
  });
  const opened = await openTree({ location: repository, revision: null, defaultBranch: "main" });
  if (opened.kind === "failed") throw new Error(opened.sentence);
  const known = new Set((await opened.tree.list()).map(({ path }) => path));
  return async (random) => {
    const text = random.chance(0.5)
      ? mutate(random.one(pointing), random)
      : `${random.one(pointing)}${random.one(nasty)} at ${random.one(nasty)}`;
    for (const reference of parseReferences(text, [], repositories)) {
      if (reference.kind === "file" || reference.kind === "snippet") continue;
      const resolution = await resolve(reference, asker, AbortSignal.timeout(20_000));
      if (resolution.kind === "found" && !known.has(resolution.source.path))
        throw new Error(`${JSON.stringify(text)} led to ${resolution.source.path}, which is not in the repository.`);
    }
  };
}
