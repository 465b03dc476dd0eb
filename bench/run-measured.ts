import { spawn } from "node:child_process";

/** One child process: wall and processor milliseconds, and the most memory it held, in megabytes. */
export interface Measured {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakMb: number;
  readonly output: string;
}

/**
 * Loaded into a Node child before anything else; at its end it writes what it used, its threads included, to file descriptor 3.
 * On Linux `maxRSS` begins with what the parent held when it forked, so the peak is the kernel's own figure for this program.
 */
const report = `import { existsSync, readFileSync, writeSync } from "node:fs";
import { isMainThread } from "node:worker_threads";
const status = "/proc/self/status";
if (isMainThread) process.on("exit", () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const kernel = existsSync(status) ? /VmHWM:\\s+(\\d+) kB/.exec(readFileSync(status, "utf8")) : null;
  const peakMb = (kernel === null ? maxRSS : Number(kernel[1])) / 1024;
  writeSync(3, JSON.stringify({ cpuMs: (userCPUTime + systemCPUTime) / 1000, peakMb }));
});`;

/** Runs a Node program in a fresh process. Exit codes in `accepted` are results, any other is an error. */
export async function runMeasured(
  words: readonly string[],
  options: { readonly env: NodeJS.ProcessEnv; readonly accepted: readonly number[] },
): Promise<Measured> {
  const preload = `data:text/javascript;base64,${Buffer.from(report).toString("base64")}`;
  const started = performance.now();
  const child = spawn(process.execPath, ["--import", preload, ...words], { env: options.env, stdio: ["ignore", "pipe", "pipe", "pipe"] });
  const chunks: Record<1 | 2 | 3, Buffer[]> = { 1: [], 2: [], 3: [] };
  for (const descriptor of [1, 2, 3] as const) {
    child.stdio[descriptor]?.on("data", (chunk: Buffer) => chunks[descriptor].push(chunk));
  }
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  const wallMs = performance.now() - started;
  const read = (descriptor: 1 | 2 | 3): string => Buffer.concat(chunks[descriptor]).toString("utf8");
  if (code === null || !options.accepted.includes(code)) throw new Error(`${words.join(" ")} ended with ${code}: ${read(2)}`);
  return { wallMs, output: read(1), ...(JSON.parse(read(3)) as { cpuMs: number; peakMb: number }) };
}
