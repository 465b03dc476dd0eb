// How big the request of a review is, and how much of it is the same from review to review: `npm run bench:requests -- DIR… [--format json]`.
// For each folder the files nearest to 50, 150, 400 and 1,000 lines are put into a request, as `guard review FILE --dump-request` would.
import { prepareReview } from "../src/app/prepare-review.js";
import { createResolver } from "../src/app/resolve.js";
import { buildModelRequest } from "../src/consult/request.js";
import type { Repository } from "../src/model/source.js";
import { isSourcePath } from "../src/model/tree.js";
import { createExtractPool } from "../src/main/extract-pool.js";
import { nextTurn, now } from "../src/shell/clock.js";
import { loadData } from "../src/shell/data/data.js";
import { packageRoot } from "../src/shell/data/package-root.js";
import { loadPrompts } from "../src/shell/data/prompts.js";
import { createOpenTree } from "../src/shell/git/open-tree.js";
import { createParser } from "../src/shell/grammars/parser.js";
import { tmpdir } from "node:os";
import { resolve as absolute } from "node:path";

const sizes = [50, 150, 400, 1_000];
/** Characters of a token, held low so that the estimate is held high; no tokenizer is at hand without calling the API. */
const charactersPerToken = 3.2;
const words = process.argv.slice(2);
const asJson = words.includes("json");
const folders = words.filter((word) => !word.startsWith("--") && word !== "json").map((folder) => absolute(folder));
const data = loadData(packageRoot());
const prompts = loadPrompts(packageRoot());
const parse = await createParser();
const openTree = createOpenTree({ dataDirectory: tmpdir(), allowLocalPaths: true, staleAfterMs: 60_000, timeoutMs: 120_000 });
const { triggers: thresholds, voice, prices, "library-api": libraries } = data;

for (const folder of folders) for (const line of await measure(folder)) console.log(asJson ? JSON.stringify(line) : told(line));

interface Measured {
  readonly dir: string;
  readonly path: string;
  readonly lines: number;
  readonly tokens: number;
  /** Of it: tools, persona, frameworks and task, the same for everybody. */
  readonly common: number;
  /** Of it: facts of the repository, the same for every review at one commit. */
  readonly facts: number;
  readonly cacheable: number;
}

async function measure(dir: string): Promise<Measured[]> {
  const repository: Repository = { name: dir, url: dir, defaultBranch: "HEAD", channels: ["*"], aliases: [] };
  const asker = { team: "bench", channel: "bench", user: "bench", ts: "0", thread: "0" };
  const resolver = createResolver({
    ...{ openTree, parse, referencesInThread: async () => [], workingTrees: true, repositories: () => [repository], mayRead: () => true },
  });
  const ports = {
    ...{
      extractAll: createExtractPool({ parse, nextTurn }),
      clock: now,
      nextTurn,
      vocabulary: data.effects,
      checklist: data.checklist,
      parse,
    },
    factsCache: { load: async () => new Map(), store: async () => undefined },
    resolve: (reference: Parameters<typeof resolver>[0]) => resolver(reference, asker),
    openTreeOf: async () => openTree({ location: dir, revision: null, defaultBranch: null }),
    decisionsFor: async () => [],
    standards: { thresholds, voice, prices, libraries },
  };
  const opened = await openTree({ location: dir, revision: null, defaultBranch: null });
  if (opened.kind === "failed") throw new Error(opened.sentence);
  const entries = (await opened.tree.list(isSourcePath)).filter(({ path }) => /^(?:apps\/[^/]+\/)?lib\/.*\.ex$/.test(path));
  const paths = sizes.flatMap((size) => nearest(entries, size * 34));
  const measured: Measured[] = [];
  for (const path of new Set(paths)) {
    const request = { asker, references: [{ kind: "path" as const, repository: null, path, lines: null, revision: null }], question: "" };
    const prepared = await prepareReview(request, ports);
    if (prepared.kind !== "prepared") continue;
    const body = buildModelRequest(prepared.consultation, prompts, { model: null }) as unknown as { tools: unknown; system: unknown[] };
    const [tokens, common, facts] = [body, [body.tools, body.system.slice(0, 2)], body.system[2]].map(tokensOf);
    const lines = (prepared.consultation.sources[0]?.text ?? "").split("\n").length - 1;
    measured.push({
      dir,
      path,
      lines,
      tokens: tokens ?? 0,
      common: common ?? 0,
      facts: facts ?? 0,
      cacheable: share(common, facts, tokens),
    });
  }
  return measured;
}

/** The file whose size in bytes is nearest; a line of Elixir has some 34. */
function nearest(entries: readonly { readonly path: string; readonly size: number }[], bytes: number): string[] {
  const [first] = [...entries].sort((one, other) => Math.abs(one.size - bytes) - Math.abs(other.size - bytes));
  return first === undefined ? [] : [first.path];
}

function tokensOf(part: unknown): number {
  return Math.round(JSON.stringify(part).length / charactersPerToken);
}

function share(common = 0, facts = 0, tokens = 1): number {
  return Math.round(((common + facts) / tokens) * 100) / 100;
}

function told({ path, lines, tokens, common, facts, cacheable }: Measured): string {
  return `${String(lines).padStart(5)} lines  ${String(tokens).padStart(6)} tokens  ${common} common, ${facts} facts, ${Math.round(cacheable * 100)} % cacheable  ${path}`;
}
