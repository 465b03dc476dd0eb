import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readFileSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import type { SourceTree, TreeEntry } from "../../model/tree.js";
import { decodePath } from "./paths.js";
import { runGit } from "./run.js";

/** Files read before others get a turn of the event loop. */
const batch = 50;

/** Files larger than this many bytes are not hashed, because nothing analyses them; their blob id is made from size and time. */
const largestHashed = 5 * 1024 * 1024;

/** What was read for its id is kept for whoever reads the file next, up to this many bytes. */
const mostHeldBytes = 64 * 1024 * 1024;

const neverWalked = new Set(["deps", "_build", "node_modules", ".git", ".elixir_ls", "cover"]);

/**
 * A folder as it stands on disk. Inside git: what git tracks or would add. Outside: every file but dependencies and build products.
 * Symbolic links are never followed. `blob` is the id git would give the bytes on disk.
 */
export function createWorkingTree(folder: string, commit: string | null, insideGit: boolean, timeoutMs: number): SourceTree {
  const known: Known = { rawNames: new Map(), held: new Map() };
  return {
    root: folder,
    commit,
    workingTree: true,
    list: async (wanted = () => true) => {
      const listed = insideGit ? await listByGit(folder, timeoutMs) : [];
      // A folder that its own repository ignores lists as empty, and is still what was asked for.
      const names = listed.length > 0 ? listed : [...walk(folder, Buffer.alloc(0))];
      return measure(folder, names, wanted, known);
    },
    read: (entries, signal) => readFiles(folder, entries, known, signal),
  };
}

/** What listing learns for reading: names that are no UTF-8 as they are on disk, and bytes that were read already. */
interface Known {
  readonly rawNames: Map<string, Buffer>;
  readonly held: Map<string, Buffer>;
}

async function listByGit(folder: string, timeoutMs: number): Promise<Buffer[]> {
  const result = await runGit(folder, ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"], { timeoutMs });
  return result.kind === "ran" && result.code === 0 ? splitNames(result.output) : [];
}

function splitNames(output: Buffer): Buffer[] {
  const names: Buffer[] = [];
  for (let start = 0; start < output.length;) {
    const end = output.indexOf(0, start);
    if (end === -1) break;
    // A trailing slash is another repository inside this one.
    if (end > start && output[end - 1] !== 47) names.push(output.subarray(start, end));
    start = end + 1;
  }
  return names;
}

function* walk(folder: string, below: Buffer): Generator<Buffer> {
  const entries = attempt(() => readdirSync(join(folder, below), { withFileTypes: true, encoding: "buffer" })) ?? [];
  for (const entry of entries) {
    const name = entry.name as unknown as Buffer;
    const path = below.length === 0 ? name : Buffer.concat([below, Buffer.from("/"), name]);
    if (entry.isFile()) yield path;
    else if (entry.isDirectory() && !neverWalked.has(name.toString("utf8"))) yield* walk(folder, path);
  }
}

async function measure(
  folder: string,
  names: readonly Buffer[],
  wanted: (path: string) => boolean,
  { rawNames, held }: Known,
): Promise<TreeEntry[]> {
  const entries: TreeEntry[] = [];
  let heldBytes = 0;
  held.clear();
  for (const [position, name] of names.entries()) {
    if (position % batch === 0) await setImmediate();
    const path = decodePath(name);
    if (!wanted(path)) continue;
    const file = join(folder, name);
    const size = attempt(() => sizeOf(file)) ?? null;
    if (size === null) continue;
    if (!Buffer.from(path).equals(name)) rawNames.set(path, name);
    const bytes = size <= largestHashed ? attempt(() => readRegular(file)) : undefined;
    entries.push({ path, blob: blobOf(file, size, bytes), size });
    if (bytes === undefined || heldBytes + bytes.length > mostHeldBytes) continue;
    held.set(path, bytes);
    heldBytes += bytes.length;
  }
  return entries.sort((one, other) => (one.path < other.path ? -1 : one.path > other.path ? 1 : 0));
}

/** Bytes in a regular file; null for links, folders, pipes and what is gone. */
function sizeOf(file: Buffer): number | null {
  const stat = lstatSync(file);
  return stat.isFile() ? stat.size : null;
}

function blobOf(file: Buffer, size: number, bytes: Buffer | undefined): string {
  const content = bytes ?? Buffer.from(`${size} ${attempt(() => lstatSync(file).mtimeMs) ?? 0}`);
  return createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
}

async function* readFiles(
  folder: string,
  entries: readonly TreeEntry[],
  { rawNames, held }: Known,
  signal: AbortSignal | undefined,
): AsyncGenerator<{ entry: TreeEntry; bytes: Uint8Array | null }> {
  for (const [position, entry] of entries.entries()) {
    signal?.throwIfAborted();
    if (position % batch === 0) await setImmediate();
    const file = join(folder, rawNames.get(entry.path) ?? Buffer.from(entry.path));
    const bytes = held.get(entry.path) ?? attempt(() => readRegular(file)) ?? null;
    held.delete(entry.path);
    yield { entry, bytes };
  }
}

/** The bytes of a regular file, refusing a link or pipe that took its place since it was listed. */
function readRegular(file: Buffer): Buffer {
  const descriptor = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  try {
    if (!fstatSync(descriptor).isFile()) throw new Error("not a regular file");
    return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function join(folder: string, name: Buffer): Buffer {
  return name.length === 0 ? Buffer.from(folder) : Buffer.concat([Buffer.from(`${folder}/`), name]);
}

/** What the disk answers, or undefined where it does not: files come and go while a folder is read. */
function attempt<Value>(look: () => Value): Value | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
