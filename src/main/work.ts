import { createStoryWork, type StoryWorkPorts } from "../app/story-work.js";
import type { StoryPorts } from "../app/story-ports.js";
import type { Configuration } from "../model/configuration.js";
import type { PermalinkOf } from "../model/permalink.js";
import type { Log, Memory, OpenTree } from "../model/ports.js";
import { askThrough } from "../shell/claude/ask-model.js";
import { createTalk } from "../shell/claude/talk.js";
import { loadData } from "../shell/data/data.js";
import { packageRoot } from "../shell/data/package-root.js";
import { loadPrompts } from "../shell/data/prompts.js";
import type { Environment } from "../shell/environment.js";
import { createOpenTree } from "../shell/git/open-tree.js";
import { createFormatter } from "../shell/elixir/formatter.js";
import { createRunProject } from "../shell/elixir/run-project.js";
import { createParser } from "../shell/grammars/parser.js";
import { createServingAnalysis } from "./analysis.js";

export interface WorkConfig {
  readonly environment: Environment;
  readonly configuration: Configuration;
  readonly memory: Memory;
  readonly log: Log;
  readonly version: string;
  /** Which local folders may be read: those of the configuration and of the local workspace's page. */
  readonly mayReadFolder: (path: string) => boolean;
}

export interface Work {
  /** The story's work, linking what it speaks of where Guard's place says. */
  readonly storyLinking: (permalinkOf: PermalinkOf) => Pick<StoryPorts, "consult" | "audit" | "ask" | "explain">;
  readonly openTree: OpenTree;
  readonly close: () => Promise<void>;
}

/** Longest a whole answer of the model, and a silence within one, may take, in milliseconds. */
const patience = { timeoutMs: 600_000, idleMs: 120_000, maxRestarts: 1 };

/** Puts analyser, resolver, reviewer and model together for the bot. */
export async function createWork({ environment, configuration, memory, log, version, mayReadFolder }: WorkConfig): Promise<Work> {
  const { dataDirectory, anthropicApiKey, anthropicBaseUrl } = environment;
  const root = packageRoot();
  const { advisories, effects, checklist, triggers, voice, prices, "library-api": libraries } = loadData(root);
  const warn = (sentence: string): void => log.warn({}, sentence);
  const parse = await createParser();
  const analysis = createServingAnalysis({
    ...{ dataDirectory, parse, warn },
    data: { vocabulary: effects, checklist, advisories: async () => advisories.advisories },
  });
  const openTree = createOpenTree({
    dataDirectory,
    allowLocalPaths: mayReadFolder,
    ...configuration.git,
    log,
    folderMemory: analysis.folders,
  });
  const formatter = createFormatter({ root });
  const { proof } = configuration;
  const baseUrl = anthropicBaseUrl ?? configuration.model.baseUrl;
  const { fallback: fallbackModel } = configuration.model;
  const talk = anthropicApiKey === null ? null : createTalk({ apiKey: anthropicApiKey, baseUrl, fallbackModel, ...patience, log });
  const ports: Omit<StoryWorkPorts, "permalinkOf"> = {
    ...{ openTree, memory, prompts: loadPrompts(root), tool: { name: "guard", version } },
    parse,
    analysis: analysis.ports,
    standards: { thresholds: triggers, voice, prices, libraries },
    elixir: { format: formatter.format, runProject: proof.run ? createRunProject(proof) : null },
    talk,
    askModel: talk === null ? null : askThrough(talk),
    model: environment.model ?? configuration.model.id,
  };
  const close = (): Promise<void> => {
    formatter.close();
    return analysis.close();
  };
  return { storyLinking: (permalinkOf) => createStoryWork({ ...ports, permalinkOf }), openTree, close };
}
