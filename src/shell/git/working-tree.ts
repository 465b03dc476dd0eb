import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readFileSync, type Stats } from "node:fs";
import { setImmediate } from "node:timers/promises";
import type { FolderMemory, SeenFile } from "../../model/ports.js";
import type { SourceTree, TreeEntry } from "../../model/tree.js";
import { decodePath } from "./paths.js";
import { runGit } from "./run.js";
import { mayChangeUnseen, stampOf } from "./stamp.js";

/** Files read before others get a turn of the event loop. */
const batch = 50;

/** Files larger than this many bytes are not hashed, because nothing analyses them; their blob id is made from size and time. */
const largestHashed = 5 * 1024 * 1024;

/** What was read for its id is kept for whoever reads the file next, up to this many bytes. */
const mostHeldBytes = 64 * 1024 * 1024;

const neverWalked = new Set(["deps", "_build", "node_modules", ".git", ".elixir_ls", "cover"]);

export interface WorkingTreeOptions {
  /** Null for a folder outside git. */
  readonly commit: string | null;
  readonly insideGit: boolean;
  /** Milliseconds the listing may take. */
  readonly timeoutMs: number;
  readonly memory: FolderMemory;
}

/**
 * A folder as it stands on disk. Inside git: what git tracks or would add. Outside: every file but dependencies and build products.
 * Symbolic links are never followed. `blob` is the id git would give the bytes on disk; a file that stands as it was remembered is not read for it.
 */
export function createWorkingTree(folder: string, { commit, insideGit, timeoutMs, memory }: WorkingTreeOptions): SourceTree {
  const known: Known = { rawNames: new Map(), held: new Map() };
  return {
    root: folder,
    commit,
    workingTree: true,
    list: async (wanted = () => true) => {
      const recalled = memory.recall(folder);
      const listed = insideGit ? await listByGit(folder, timeoutMs) : [];
      // A folder that its own repository ignores lists as empty, and is still what was asked for.
      const names = listed.length > 0 ? listed : [...walk(folder, Buffer.alloc(0))];
      const measured = await measure(folder, names, wanted, { ...known, seen: await recalled });
      if (measured.remember !== null) await memory.remember(folder, measured.remember);
      return measured.entries;
    },
    read: (entries, signal) => readFiles(folder, entries, known, signal),
    readNow: (entry) => readListed(folder, entry, known),
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

interface Measured {
  readonly entries: TreeEntry[];
  /** What to remember of the folder's files; null when that is what is remembered already. */
  readonly remember: ReadonlyMap<string, SeenFile> | null;
}

async function measure(
  folder: string,
  names: readonly Buffer[],
  wanted: (path: string) => boolean,
  { rawNames, held, seen }: Known & { readonly seen: ReadonlyMap<string, SeenFile> },
): Promise<Measured> {
  const entries: TreeEntry[] = [];
  const remember = new Map<string, SeenFile>();
  let news = 0;
  held.clear();
  const hold = createHolding(held);
  for (const [position, name] of names.entries()) {
    if (position % batch === 0) await setImmediate();
    const path = decodePath(name);
    const before = seen.get(path);
    if (!wanted(path)) {
      if (before !== undefined) remember.set(path, before);
      continue;
    }
    const file = join(folder, name);
    const now = Date.now();
    const stat = attempt(() => regularStat(file));
    if (stat === undefined || stat === null) continue;
    if (!Buffer.from(path).equals(name)) rawNames.set(path, name);
    const stamp = stampOf(stat);
    const blob = before?.stamp === stamp ? before.blob : hashed(path, file, stat, hold);
    entries.push({ path, blob, size: stat.size });
    if (mayChangeUnseen(stat, now)) continue;
    remember.set(path, { stamp, blob });
    if (before?.blob !== blob || before.stamp !== stamp) news += 1;
  }
  const changed = news > 0 || remember.size !== seen.size;
  return {
    entries: entries.sort((one, other) => (one.path < other.path ? -1 : one.path > other.path ? 1 : 0)),
    remember: changed ? remember : null,
  };
}

/** What is known of a regular file; null for links, folders, pipes. */
function regularStat(file: Buffer): Stats | null {
  const stat = lstatSync(file);
  return stat.isFile() ? stat : null;
}

function hashed(path: string, file: Buffer, { size, mtimeMs }: Stats, hold: (path: string, bytes: Buffer) => void): string {
  const bytes = size <= largestHashed ? attempt(() => readRegular(file)) : undefined;
  if (bytes !== undefined) hold(path, bytes);
  return blobOf(bytes ?? Buffer.from(`${size} ${mtimeMs}`));
}

function createHolding(held: Map<string, Buffer>): (path: string, bytes: Buffer) => void {
  let heldBytes = 0;
  return (path, bytes) => {
    if (heldBytes + bytes.length > mostHeldBytes) return;
    held.set(path, bytes);
    heldBytes += bytes.length;
  };
}

function blobOf(content: Uint8Array): string {
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

/** The bytes that were listed: what was written to the file since is not handed out in their place. */
function readListed(folder: string, entry: TreeEntry, { rawNames, held }: Known): Uint8Array | null {
  const file = join(folder, rawNames.get(entry.path) ?? Buffer.from(entry.path));
  const bytes = held.get(entry.path) ?? attempt(() => readRegular(file));
  return bytes !== undefined && blobOf(bytes) === entry.blob ? bytes : null;
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
