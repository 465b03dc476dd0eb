import type { SourceTree, TreeEntry } from "../model/tree.js";
import type { EffectVocabulary } from "../model/vocabulary.js";
import { readSources } from "./read-sources.js";

type Libraries = EffectVocabulary["libraries"];

const elixirBuild = /(^|\/)mix\.exs$/;
const python = /\.py$/;
const javascript = /\.[cm]?[jt]s$/;
const nodeManifest = /(^|\/)package\.json$/;
const pythonManifest =
  /(^|\/)(manage\.py|pyproject\.toml|setup\.(py|cfg)|Pipfile|requirements[^/]*\.(txt|in)|requirements\/[^/]+\.(txt|in))$/;
/** Installed and built files, and what a browser is served. */
const notOwn =
  /(^|\/)(node_modules|bower_components|site-packages|\.?venv|dist|build|out|coverage|vendor|static|staticfiles|public|assets|\.[^/]+)\/|\.min\.|\.d\.[cm]?ts$/;
const largestManifest = 1_000_000;

/**
 * Python and JavaScript files that belong to a service with a database: those in or below a folder whose manifest names a library Guard
 * knows. None in a repository that builds Elixir, where they are assets and tools; then nothing more is listed or read.
 */
export async function findServiceFiles(
  tree: SourceTree,
  elixir: readonly TreeEntry[],
  libraries: Libraries,
  signal?: AbortSignal,
): Promise<readonly TreeEntry[]> {
  if (elixir.some(({ path }) => elixirBuild.test(path))) return [];
  const entries = (await tree.list(mayMatter)).filter(({ path }) => mayMatter(path));
  const manifests = entries.filter(({ path, size }) => isManifest(path) && size <= largestManifest);
  const { sources } = await readSources(tree, manifests, signal);
  const pythonFolders = sources.flatMap(({ entry, text }) => pythonFolder(entry.path, text, libraries.python));
  const nodeFolders = sources.flatMap(({ entry, text }) => nodeFolder(entry.path, text, libraries.javascript));
  const inside = (path: string, folders: readonly string[]): boolean => folders.some((folder) => path.startsWith(folder));
  return entries.filter(({ path }) =>
    python.test(path) ? inside(path, pythonFolders) : javascript.test(path) && inside(path, nodeFolders),
  );
}

function isManifest(path: string): boolean {
  return nodeManifest.test(path) || pythonManifest.test(path);
}

function mayMatter(path: string): boolean {
  return (python.test(path) || javascript.test(path) || isManifest(path)) && !notOwn.test(path);
}

/** The folder of a file, with its slash; empty for the root. */
function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}

function pythonFolder(path: string, text: string, libraries: readonly string[]): string[] {
  if (!pythonManifest.test(path)) return [];
  const names = libraries.some((name) => new RegExp(`(^|[^\\w-])${name}(?![\\w-])`, "im").test(text));
  return names ? [folderOf(path).replace(/requirements\/$/, "")] : [];
}

function nodeFolder(path: string, text: string, libraries: readonly string[]): string[] {
  if (!nodeManifest.test(path)) return [];
  const { dependencies } = manifestOf(text);
  return libraries.some((name) => Object.hasOwn(dependencies, name)) ? [folderOf(path)] : [];
}

function manifestOf(text: string): { readonly dependencies: object } {
  try {
    const manifest: unknown = JSON.parse(text);
    const named: unknown = typeof manifest === "object" && manifest !== null && "dependencies" in manifest ? manifest.dependencies : null;
    return { dependencies: typeof named === "object" && named !== null ? named : {} };
  } catch {
    return { dependencies: {} };
  }
}
