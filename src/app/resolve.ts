import { languageOf } from "../code/extract.js";
import { shown } from "../model/address.js";
import { listed } from "../model/nearest.js";
import type { Memory, OpenTree, ParseSource } from "../model/ports.js";
import { forgePermalink, type PermalinkOf } from "../model/permalink.js";
import type { Asker } from "../model/request.js";
import type { Repository, Resolution, SourceRef } from "../model/source.js";
import type { OpenedTree } from "../model/tree.js";
import { foundInMessage, foundInTree, readText, type OpenRepository } from "./resolve/found.js";
import { findHome, type Home } from "./resolve/home.js";
import { locateFunction, locateModule, type ModuleRef } from "./resolve/modules.js";
import { locatePath } from "./resolve/paths.js";
import { chooseRepositories, nothingReadable, repositoryOfLink, type Chosen } from "./resolve/repositories.js";
import { notOpened, unresolved, type Unresolved } from "./resolve/unresolved.js";

export interface ResolverPorts {
  readonly openTree: OpenTree;
  readonly parse: ParseSource;
  readonly repositories: () => readonly Repository[];
  /** Asked before anything of a repository is read; what may not be read is spoken of like what does not exist. */
  readonly mayRead: (asker: Asker, repository: Repository) => boolean | Promise<boolean>;
  readonly referencesInThread: Memory["referencesInThread"];
  /** Where a file found in a repository is shown; its forge unless told otherwise. */
  readonly permalinkOf?: PermalinkOf;
  /** True at the command line: a folder is read as it stands when no revision is named. */
  readonly workingTrees?: boolean;
}

/** Null means that nothing was pointed at: the nearest reference above in the thread is meant. */
export type Resolve = (reference: SourceRef | null, asker: Asker, signal?: AbortSignal) => Promise<Resolution>;

type File = Extract<SourceRef, { kind: "file" }>;
type Path = Extract<SourceRef, { kind: "path" }>;
type Link = Extract<SourceRef, { kind: "link" }>;
type Search = (open: OpenRepository) => Promise<Resolution>;

/** Turns what a person pointed at into checked source text, or into one sentence and the nearest candidates. */
export function createResolver(ports: ResolverPorts): Resolve {
  return async (reference, asker, signal) => {
    if (reference?.kind === "snippet") return foundInMessage(reference, null);
    const allowed = await Promise.all(
      ports.repositories().map(async (repository) => ((await ports.mayRead(asker, repository)) ? [repository] : [])),
    );
    const asking = { ports, asker, signal, readable: allowed.flat() };
    if (reference === null) return resolveAbove(asking);
    if (reference.kind === "file") return foundInMessage(reference, await homeOf(asking, reference));
    if (reference.kind === "link") return resolveLink(asking, reference);
    if (reference.kind === "path") return resolvePath(asking, reference);
    return reference.module === "" ? resolveAlone(asking, reference) : resolveModule(asking, reference);
  };
}

interface Asking {
  readonly ports: ResolverPorts;
  readonly asker: Asker;
  readonly signal: AbortSignal | undefined;
  readonly readable: readonly Repository[];
}

function resolvePath(asking: Asking, reference: Path): Promise<Resolution> {
  const chosen = chooseRepositories(asking.readable, reference.repository);
  return searchAll(asking, chosen, reference.path, reference.revision, (open) => readPath(open, reference));
}

async function readPath(open: OpenRepository, { path, lines }: Pick<Path, "path" | "lines">): Promise<Resolution> {
  const located = locatePath(await open.tree.list(), path, open.tree.root, whereOf(open));
  if (located.kind === "unresolved") return located;
  const read = await readText(open.tree, located.entry);
  return read.kind === "text" ? foundInTree(open, located.entry, read.text, lines) : read;
}

function resolveModule(asking: Asking, reference: ModuleRef): Promise<Resolution> {
  const chosen = chooseRepositories(asking.readable, reference.repository);
  return searchAll(asking, chosen, reference.module, reference.revision, async (open) => {
    const place = await locateModule(open.tree, reference, asking.ports.parse, whereOf(open));
    return place.kind === "place" ? foundInTree(open, place.entry, place.text, place.lines) : place;
  });
}

/** `list/1` alone is a function of the file the thread spoke of last. */
async function resolveAlone(asking: Asking, reference: ModuleRef): Promise<Resolution> {
  const above = await nearestAbove(asking);
  if (above === null) {
    const name = `${reference.function ?? ""}${reference.arity === null ? "" : `/${reference.arity}`}`;
    return unresolved(
      "no_reference",
      `Nothing above says whose ${shown(name)} is meant: name it with its module, such as Shop.Orders.${shown(name)}.`,
    );
  }
  const chosen = chooseRepositories(asking.readable, reference.repository ?? above.repository);
  return searchAll(asking, chosen, above.path, reference.revision ?? above.revision, async (open) => {
    const located = locatePath(await open.tree.list(), above.path, open.tree.root, whereOf(open));
    if (located.kind === "unresolved") return located;
    const read = await readText(open.tree, located.entry);
    if (read.kind === "unresolved") return read;
    await asking.ports.parse.load?.([languageOf(above.path) ?? "elixir"]);
    const place = locateFunction({ entry: located.entry, text: read.text }, reference, asking.ports.parse);
    return place.kind === "place" ? foundInTree(open, place.entry, place.text, place.lines) : place;
  });
}

async function resolveAbove(asking: Asking): Promise<Resolution> {
  const above = await nearestAbove(asking);
  if (above !== null) return resolvePath(asking, above);
  return unresolved(
    "no_reference",
    "Nothing here says which code is meant: give a path such as lib/shop/orders.ex, a module, a link, or attach a file.",
  );
}

/** The nearest reference in Guard's own record of the thread that lies in a repository. */
async function nearestAbove({ ports, asker }: Asking): Promise<Path | null> {
  const references = await ports.referencesInThread(asker.team, asker.channel, asker.thread);
  const nearest = references.find(({ repository }) => repository !== null && repository !== "");
  return nearest === undefined
    ? null
    : { kind: "path", repository: nearest.repository, path: nearest.path, lines: null, revision: nearest.revision };
}

/** The file of a readable repository that an attached one is a version of; null unless there is exactly one. */
async function homeOf(asking: Asking, file: File): Promise<Home | null> {
  const homes = await Promise.all(
    asking.readable.map(async (repository) => {
      const opened = await openTreeOf(asking, repository, null);
      const path = opened.kind === "opened" ? await findHome(opened.tree, file) : null;
      return path === null ? [] : [{ repository: repository.name, path }];
    }),
  );
  const [only, second] = homes.flat();
  return only !== undefined && second === undefined ? only : null;
}

/** A branch may have slashes, which the link does not tell from those of the path: the shortest that exists is taken. */
async function resolveLink(asking: Asking, link: Link): Promise<Resolution> {
  const chosen = repositoryOfLink(asking.readable, link);
  const segments = link.path.split("/");
  let first: Resolution | null = null;
  for (let taken = 0; taken < Math.min(segments.length, 4); taken += 1) {
    const revision = [link.revision, ...segments.slice(0, taken)].join("/");
    const path = segments.slice(taken).join("/");
    const resolution = await searchAll(asking, chosen, path, revision, (open) => readPath(open, { path, lines: link.lines }));
    if (resolution.kind === "found" || resolution.reason !== "unknown_revision") return resolution;
    first ??= resolution;
  }
  return first ?? unresolved("unknown_path", "The link names no file: link to a file on GitHub or GitLab.");
}

/** Looks in each chosen repository. One answer counts; several make Guard ask; of none, the most telling reason is given. */
async function searchAll(asking: Asking, chosen: Chosen, what: string, revision: string | null, search: Search): Promise<Resolution> {
  if (chosen.kind === "unresolved") return chosen;
  const searched = await Promise.all(
    chosen.repositories.map(async (repository) => ({ repository, resolution: await searchIn(asking, repository, revision, search) })),
  );
  const found = searched.filter(({ resolution }) => resolution.kind === "found");
  const [only, second] = found;
  if (only !== undefined && second === undefined) return only.resolution;
  if (only !== undefined) {
    const candidates = found.map(
      ({ repository, resolution }) => `${repository.name}:${resolution.kind === "found" ? resolution.source.path : ""}`,
    );
    return unresolved("ambiguous", `${shown(what)} is in ${found.length} repositories: which one, ${listed(candidates)}?`, candidates);
  }
  return noneOf(what, searched);
}

function openTreeOf({ ports, signal }: Asking, repository: Repository, revision: string | null): Promise<OpenedTree> {
  const defaultBranch = ports.workingTrees === true ? null : repository.defaultBranch;
  return ports.openTree({ location: repository.url, revision, defaultBranch }, signal);
}

async function searchIn(asking: Asking, repository: Repository, revision: string | null, search: Search): Promise<Resolution> {
  const opened = await openTreeOf(asking, repository, revision);
  const { permalinkOf = forgePermalink } = asking.ports;
  return opened.kind === "opened" ? search({ repository, tree: opened.tree, permalinkOf }) : notOpened(opened);
}

const notThere: readonly Unresolved["reason"][] = ["unknown_path", "unknown_module", "unknown_revision"];

/** A file that is there and cannot be used says more than one that is not; else all repositories are named with their candidates. */
function noneOf(what: string, searched: readonly { readonly repository: Repository; readonly resolution: Resolution }[]): Resolution {
  const missing = searched.flatMap(({ repository, resolution }) =>
    resolution.kind === "unresolved" ? [{ repository, answer: resolution }] : [],
  );
  const [first] = missing;
  const telling = missing.find(({ answer }) => !notThere.includes(answer.reason));
  if (first === undefined || missing.length === 1 || telling !== undefined) return (telling ?? first)?.answer ?? nothingReadable();
  const candidates = missing.flatMap(({ repository, answer }) =>
    answer.reason === "unknown_revision" ? [] : answer.candidates.map((candidate) => `${repository.name}:${candidate}`),
  );
  const reason = missing.find(({ answer }) => answer.reason !== "unknown_revision")?.answer.reason ?? first.answer.reason;
  const names = listed(missing.map(({ repository }) => repository.name));
  const remedy = candidates.length > 0 ? `did you mean ${listed(candidates.slice(0, 5))}?` : "check the name and the branch.";
  return unresolved(reason, `${shown(what)} is not in ${names}: ${remedy}`, candidates);
}

/** `shop at 0123abcd`, or `shop` for a folder as it stands. */
function whereOf({ repository, tree }: OpenRepository): string {
  return tree.workingTree || tree.commit === null ? repository.name : `${repository.name} at ${tree.commit.slice(0, 8)}`;
}
