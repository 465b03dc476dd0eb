import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { promisify } from "node:util";

interface RunningProcess {
  readonly id: number;
  readonly parent: number;
  readonly command: string;
}

/**
 * Kills what children of ours have started, for the children that were given `word` as an argument. git does not take its transport
 * helpers along when it is stopped, and one that waits for a silent server would stay for minutes.
 */
export async function killBelow(word: string): Promise<void> {
  const processes = await listProcesses();
  const pending = processes.filter(({ parent, command }) => parent === process.pid && command.includes(word)).map(({ id }) => id);
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    for (const below of processes.filter(({ parent }) => parent === id)) {
      pending.push(below.id);
      kill(below.id);
    }
  }
}

function kill(id: number): void {
  try {
    process.kill(id, "SIGKILL");
  } catch {
    // It ended by itself meanwhile.
  }
}

/** From /proc where there is one (small images have no `ps`), else from `ps`. */
async function listProcesses(): Promise<RunningProcess[]> {
  const names = await readdir("/proc").catch(() => []);
  const ids = names.filter((name) => /^\d+$/.test(name));
  if (ids.length === 0) return listByCommand();
  const found = await Promise.all(ids.map(readProcess));
  return found.flatMap((entry) => (entry === null ? [] : [entry]));
}

async function readProcess(id: string): Promise<RunningProcess | null> {
  try {
    const [status, command] = await Promise.all([readFile(`/proc/${id}/stat`, "utf8"), readFile(`/proc/${id}/cmdline`, "utf8")]);
    // The name before it is in brackets and may hold anything.
    const parent = Number(status.slice(status.lastIndexOf(")") + 2).split(" ")[1]);
    return { id: Number(id), parent, command: command.replaceAll("\0", " ") };
  } catch {
    return null;
  }
}

async function listByCommand(): Promise<RunningProcess[]> {
  const listed = await promisify(execFile)("ps", ["-A", "-o", "pid=,ppid=,args="]).catch(() => ({ stdout: "" }));
  return listed.stdout.split("\n").flatMap((line) => {
    const [, id, parent, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return id === undefined ? [] : [{ id: Number(id), parent: Number(parent), command: command ?? "" }];
  });
}
