import { join } from "node:path";
import { factsCodec } from "../code/codec/facts.js";
import { lazily } from "../code/codec/lazily.js";
import { extractorVersion } from "../code/extractor-version.js";
import type { AnalysisPorts } from "../app/analyse.js";
import type { ElixirPorts } from "../app/finish-proofs.js";
import type { Configuration } from "../model/configuration.js";
import type { ExtractAll, FactsCache, Memory, OpenTree, ParseSource } from "../model/ports.js";
import { nextTurn, now } from "../shell/clock.js";
import { loadConfiguration } from "../shell/config/load.js";
import type { Data } from "../shell/data/data.js";
import { loadCheckedData } from "../shell/data/checked.js";
import { packageRoot } from "../shell/data/package-root.js";
import { createFormatter } from "../shell/elixir/formatter.js";
import { createRunProject } from "../shell/elixir/run-project.js";
import { readEnvironment, type Environment } from "../shell/environment.js";
import { createOpenTree } from "../shell/git/open-tree.js";
import { createFactsCache } from "../shell/store/facts-cache.js";
import { createMemory } from "../shell/store/memory.js";
import type { Console } from "./console.js";
import { couldNot, type Outcome } from "./outcome.js";

/** What a command works with, made from the environment and the configuration. */
export interface Session {
  readonly environment: Environment;
  readonly configuration: Configuration;
  readonly data: <Name extends keyof Data>(...names: Name[]) => Promise<Pick<Data, Name>>;
  /** Made when it is first asked for: a run that remembers every file parses nothing. */
  readonly parser: () => Promise<ParseSource>;
  readonly openTree: OpenTree;
  readonly memory: Memory;
  readonly analysis: AnalysisPorts;
  readonly elixir: ElixirPorts;
}

export interface SessionOptions {
  readonly useCache: boolean;
}

const nothingCached: FactsCache = { load: async () => new Map(), store: async () => undefined };

/** Opens a session, runs the command in it and closes what was opened, however it ends. All faults of the environment and the configuration are told at once. */
export async function withSession(
  console: Console,
  options: SessionOptions,
  command: (session: Session) => Promise<Outcome>,
): Promise<Outcome> {
  const read = readEnvironment(process.env);
  if (read.kind === "faults") return couldNot(...read.faults);
  const { environment } = read;
  const loaded = await loadConfiguration(environment.configurationPath, { required: environment.configurationNamed });
  if (loaded.kind === "faults") return couldNot(...loaded.faults);

  const memory = openMemory(environment);
  if (memory.kind === "failed") return couldNot(memory.sentence);
  const path = join(environment.dataDirectory, "facts.sqlite");
  const formatter = createFormatter({ root: packageRoot() });
  const cache = options.useCache ? createFactsCache({ path, extractorVersion, codec: factsCodec, warn: console.warn }) : null;
  try {
    const data: Session["data"] = (...names) => loadCheckedData(packageRoot(), names);
    const { effects, checklist } = await data("effects", "checklist");
    const { configuration } = loaded;
    const { git } = configuration;
    const openTree = createOpenTree({
      dataDirectory: environment.dataDirectory,
      allowLocalPaths: true,
      ...git,
      ...(cache === null ? {} : { folderMemory: cache.folders }),
    });
    const parser = lazily(() => import("../shell/grammars/parser.js").then(({ createParser }) => createParser()));
    const analysis: AnalysisPorts = {
      ...{ extractAll: extractWith(parser), factsCache: cache ?? nothingCached, clock: now, nextTurn },
      ...{ vocabulary: effects, checklist, advisories: async () => (await data("advisories")).advisories.advisories },
    };
    const { proof } = configuration;
    const elixir: ElixirPorts = { format: formatter.format, runProject: proof.run ? createRunProject(proof) : null };
    return await command({ elixir, environment, configuration, data, parser, openTree, memory: memory.memory, analysis });
  } finally {
    formatter.close();
    await cache?.close();
    await memory.memory.close();
  }
}

function extractWith(parser: () => Promise<ParseSource>): ExtractAll {
  return async function* (sources, signal) {
    if (sources.length === 0) return;
    const { createExtractPool } = await import("../main/extract-pool.js");
    yield* createExtractPool({ parse: loadedLate(parser), nextTurn })(sources, signal);
  };
}

/** A parser whose `load` loads it at all, which takes longer than to start the threads that may leave it nothing to do. */
function loadedLate(parser: () => Promise<ParseSource>): ParseSource {
  let loaded: ParseSource | null = null;
  const parse: ParseSource = (language, text) => {
    if (loaded === null) throw new Error("This parser was asked to parse before it was asked to load.");
    return loaded(language, text);
  };
  const load: ParseSource["load"] = async (languages) => {
    loaded = await parser();
    await loaded.load?.(languages);
  };
  return Object.assign(parse, { load });
}

function openMemory({
  dataDirectory,
}: Environment): { readonly kind: "opened"; readonly memory: Memory } | { readonly kind: "failed"; readonly sentence: string } {
  try {
    return { kind: "opened", memory: createMemory({ path: join(dataDirectory, "memory.sqlite") }) };
  } catch (error) {
    return { kind: "failed", sentence: error instanceof Error ? error.message : String(error) };
  }
}
