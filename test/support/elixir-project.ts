import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";

/** Whether `mix` can be run here. */
export const hasMix = spawnSync("mix", ["--version"]).status === 0;

/** A throw-away copy of a folder that holds an Elixir project and what it depends on. */
export interface ElixirProject {
  /** Source files of the project by path, read anew each time. */
  readonly texts: () => Record<string, string>;
  readonly write: (path: string, text: string) => void;
  /** Runs `mix` there: its exit code and all it said. */
  readonly mix: (...words: readonly string[]) => { readonly status: number | null; readonly output: string };
  readonly remove: () => void;
}

export function copyProject(folder: string, project: string): ElixirProject {
  const copy = mkdtempSync(join(tmpdir(), "guard-elixir-"));
  cpSync(folder, copy, { recursive: true, filter: (source) => !/[/\\](_build|deps)$/.test(source) });
  const root = join(copy, project);
  return {
    texts: () => Object.fromEntries(sourcesIn(root).map((path) => [path, readFileSync(join(root, path), "utf8")])),
    write: (path, text) => {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    },
    mix: (...words) => {
      const env = { PATH: process.env["PATH"], HOME: copy, LANG: "C.UTF-8", MIX_ENV: "test" };
      const { status, stdout, stderr } = spawnSync("mix", words, { cwd: root, encoding: "utf8", timeout: 120_000, env });
      return { status, output: `${stdout}${stderr}` };
    },
    remove: () => rmSync(copy, { recursive: true }),
  };
}

function sourcesIn(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => /\.exs?$/.test(path) && !/(^|\/)(_build|deps)\//.test(path));
}
