import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { packageRoot } from "../../src/shell/data/package-root.js";
import { createFolder } from "../support/repository.js";

export interface StartedGuard {
  /** The page, with its token. */
  readonly url: string;
  readonly userToken: string;
  /** From starting the process to the printed link, in milliseconds. */
  readonly startedInMs: number;
  /** Sends SIGTERM; gives the exit code and how long the end took, in milliseconds. */
  readonly stop: () => Promise<{ code: number | null; tookMs: number }>;
}

/** What `npm start` runs, with nothing configured, in an empty data folder, on a free port. */
export async function startGuard(): Promise<StartedGuard> {
  const began = Date.now();
  const child = spawn(process.execPath, [join(packageRoot(), "dist/cli.js"), "start"], {
    cwd: createFolder(),
    env: { PATH: process.env["PATH"], HOME: createFolder(), GUARD_DATA_DIR: createFolder(), GUARD_PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  let url = "";
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith("http://")) url = line;
    if (!line.startsWith("user token: ")) continue;
    const stop = async (): Promise<{ code: number | null; tookMs: number }> => {
      const asked = Date.now();
      child.kill("SIGTERM");
      return { code: await ended, tookMs: Date.now() - asked };
    };
    return { url, userToken: line.slice("user token: ".length), startedInMs: Date.now() - began, stop };
  }
  throw new Error(`Guard ended with ${String(await ended)} before it printed its links.`);
}
