import { spawn, spawnSync } from "node:child_process";

/** How a program ended that may not be trusted. */
export type Sandboxed =
  { readonly kind: "ran"; readonly code: number; readonly output: string } | { readonly kind: "missing" } | { readonly kind: "stopped" };

export interface SandboxOptions {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** A network of its own with nothing but the loopback in it; where Linux lets everybody have one. */
const apart = [
  "unshare",
  "--user",
  "--map-root-user",
  "--net",
  "--",
  "sh",
  "-c",
  'ip link set lo up 2>/dev/null; exec "$@"',
  "sh",
] as const;

let canBeApart: boolean | null = null;

/** Whether programs run without a network here: on Linux, unless the kernel refuses namespaces to ordinary users. */
export function hasNoNetwork(): boolean {
  canBeApart ??= process.platform === "linux" && spawnSync("unshare", ["--user", "--map-root-user", "--net", "true"]).status === 0;
  return canBeApart;
}

/** Runs a program with the given environment alone, without a network where the platform can, and kills it and its children when time is up. */
export function runSandboxed(
  command: string,
  words: readonly string[],
  { folder, env, timeoutMs, signal }: SandboxOptions,
): Promise<Sandboxed> {
  return new Promise((resolve) => {
    const [program = command, ...before] = hasNoNetwork() ? [...apart, command] : [command];
    const child = spawn(program, [...before, ...words], { cwd: folder, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    let stopped = false;
    const stop = (): void => {
      stopped = true;
      killGroup(child.pid);
    };
    const timer = setTimeout(stop, Math.max(0, timeoutMs));
    signal?.addEventListener("abort", stop, { once: true });
    const end = (result: Sandboxed): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
      resolve(stopped ? { kind: "stopped" } : result);
    };
    const read = (chunk: Buffer): void => {
      if (output.length < 20_000) output += chunk.toString("utf8");
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.on("error", () => end({ kind: "missing" }));
    child.on("close", (code) => end(code === 127 ? { kind: "missing" } : { kind: "ran", code: code ?? 1, output }));
    if (signal?.aborted === true) stop();
  });
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
