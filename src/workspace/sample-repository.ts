import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

const author = { name: "Ana Duarte", email: "ana@example.invalid" };

/** The sample's short history: what each commit adds, in order; the last one adds whatever is left. */
const history: readonly { readonly paths: readonly string[] | null; readonly message: string; readonly date: string }[] = [
  { paths: ["mix.exs", "config", "README.md", ".formatter.exs"], message: "Start the shop", date: "2026-09-01T09:00:00Z" },
  { paths: ["priv"], message: "Add the database schema", date: "2026-09-08T09:00:00Z" },
  { paths: null, message: "Sell things", date: "2026-10-05T09:00:00Z" },
];

/** Where the sample project's files lie in this package, from src/ as from dist/. */
function sampleDirectory(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json")) && dirname(folder) !== folder) folder = dirname(folder);
  return join(folder, "src", "workspace", "sample", "shop");
}

/** Runs git on a folder with none of the machine's own settings, so that the commits are the same everywhere. */
async function git(folder: string, date: string, ...words: readonly string[]): Promise<string> {
  const identity = [
    "-c",
    `user.name=${author.name}`,
    "-c",
    `user.email=${author.email}`,
    "-c",
    "commit.gpgsign=false",
    "-c",
    "core.autocrlf=false",
  ];
  const environment = {
    ...process.env,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_DATE: date,
    GIT_CONFIG_GLOBAL: process.platform === "win32" ? "NUL" : "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
  };
  const { stdout } = await run("git", [...identity, ...words], { cwd: folder, env: environment });
  return stdout;
}

async function commit(folder: string, paths: readonly string[] | null, message: string, date: string): Promise<void> {
  const present = paths?.filter((path) => existsSync(join(folder, path))) ?? ["."];
  if (present.length === 0) return;
  await git(folder, date, "add", "--", ...present);
  const staged = await git(folder, date, "diff", "--cached", "--name-only");
  if (staged !== "") await git(folder, date, "commit", "--quiet", "--message", message);
}

/** The sample has a token written into its source; Guard's own source must hold none, not even an invented one, so it is made here, the same every time. */
async function plantToken(file: string): Promise<void> {
  const token = createHash("sha256").update("the sample shop's warehouse").digest("base64url");
  await writeFile(file, (await readFile(file, "utf8")).replace("__SAMPLE_TOKEN__", token));
}

/** Makes the sample Elixir project, with its planted defects, a git repository in a folder of its own; an earlier copy is replaced. */
export async function createSampleRepository(targetDirectory: string): Promise<{ readonly path: string; readonly name: string }> {
  const path = join(targetDirectory, "shop");
  await rm(path, { recursive: true, force: true });
  await mkdir(path, { recursive: true });
  await cp(sampleDirectory(), path, { recursive: true });
  await plantToken(join(path, "config", "prod.exs"));
  await git(path, history[0]?.date ?? "", "init", "--quiet", "--initial-branch=main");
  for (const { paths, message, date } of history) await commit(path, paths, message, date);
  return { path, name: "shop" };
}
