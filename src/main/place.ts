import { join } from "node:path";
import { forgePermalink, type PermalinkOf } from "../model/permalink.js";
import type { Log, OpenTree } from "../model/ports.js";
import type { Repository } from "../model/source.js";
import type { Environment } from "../shell/environment.js";
import { createSampleRepository } from "../workspace/sample-repository.js";
import { createWorkspace } from "../workspace/workspace.js";
import { startHealth } from "./health.js";
import { createReadSource } from "./read-source.js";
import type { Repositories } from "./repositories.js";

/** Where Guard works: a real Slack workspace, or the local one. */
export type Place =
  | {
      readonly kind: "open";
      readonly connection: { readonly botToken: string; readonly appToken: string; readonly apiUrl?: string };
      readonly repositories: () => readonly Repository[];
      /** Where code is shown: on its forge, or on the local workspace's page when it has none. */
      readonly permalinkOf: PermalinkOf;
      readonly lines: readonly string[];
      readonly onConnected: () => void;
      readonly close: () => Promise<void>;
    }
  | { readonly kind: "failed"; readonly sentence: string };

export interface PlaceConfig {
  readonly environment: Environment;
  readonly repositories: Repositories;
  readonly openTree: OpenTree;
  readonly log: Log;
}

/** Slack when its tokens are set; else the local workspace with the sample repository beside those of the configuration. */
export async function openPlace(config: PlaceConfig): Promise<Place> {
  const { slack } = config.environment;
  return slack === null ? openWorkspace(config) : openSlack(slack, config);
}

async function openSlack(
  slack: { readonly botToken: string; readonly appToken: string },
  { environment, repositories }: PlaceConfig,
): Promise<Place> {
  let connected = false;
  const started = await startHealth(environment.port, () => connected);
  if (started.kind === "failed") return started;
  const { health } = started;
  return {
    kind: "open",
    connection: { botToken: slack.botToken, appToken: slack.appToken },
    repositories: repositories.all,
    permalinkOf: forgePermalink,
    lines: [
      "Guard is connected to Slack. Invite it to a channel with /invite @guard and write @guard help.",
      `health: http://127.0.0.1:${health.port}/healthz`,
    ],
    onConnected: () => (connected = true),
    close: health.close,
  };
}

async function openWorkspace({ environment, repositories, openTree, log }: PlaceConfig): Promise<Place> {
  const sample = await createSampleRepository(join(environment.dataDirectory, "workspace"));
  const added = await repositories.add(sample.path, openTree);
  if (!added.ok) return { kind: "failed", sentence: added.sentence };
  const workspace = createWorkspace({
    port: environment.port,
    addRepository: (location) => repositories.add(location, openTree),
    readSource: createReadSource(repositories.all, openTree),
    onLog: (line) => log.warn({ from: "workspace" }, line),
  });
  try {
    const { url, userToken, botToken, appToken, apiUrl, sourceAddress } = await workspace.start();
    const lines = ["Guard's local workspace runs. Open this page in a browser:", url, `user token: ${userToken}`];
    return {
      kind: "open",
      connection: { botToken, appToken, apiUrl },
      repositories: repositories.all,
      permalinkOf: (repository, commit, path, range) =>
        forgePermalink(repository, commit, path, range) ?? sourceAddress({ repository: repository.name, commit, path }, range),
      lines,
      onConnected: () => undefined,
      close: workspace.stop,
    };
  } catch (error) {
    const reason = error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.message) : String(error);
    return {
      kind: "failed",
      sentence: `Port ${environment.port} for the page cannot be opened (${reason}); set GUARD_PORT to a free one, or to 0.`,
    };
  }
}
