import type { LibraryApi } from "../../model/library-api.js";

/** What can be asked about libraries. Arities are those a call may have. */
export interface LibraryIndex {
  /** Full names of the library modules that a written name can mean: `Changeset` means `Ecto.Changeset`. */
  readonly modulesNamed: (name: string) => readonly string[];
  readonly arities: (module: string, name: string) => ReadonlySet<number> | null;
  readonly isModule: (name: string) => boolean;
  /** Whether any library has a function of that name, and where one is given, of that arity. */
  readonly hasFunction: (name: string, arity: number | null) => boolean;
  readonly isOption: (name: string) => boolean;
  /** Whether a module lies in a namespace of a listed library (`Ecto.Anything`), so that its absence proves that there is no such module. */
  readonly owns: (module: string) => boolean;
}

const known = new WeakMap<LibraryApi, LibraryIndex>();

/** The lists of `data/library-api.yml`, ready to be asked; made once. */
export function libraryIndexOf(api: LibraryApi): LibraryIndex {
  const earlier = known.get(api);
  if (earlier !== undefined) return earlier;
  const index = createIndex(api);
  known.set(api, index);
  return index;
}

type Functions = ReadonlyMap<string, ReadonlySet<number>>;

function createIndex(api: LibraryApi): LibraryIndex {
  const modules = new Map<string, Functions>();
  for (const library of api.libraries)
    for (const [module, names] of Object.entries(library.modules)) modules.set(module, join(modules.get(module), read(names)));
  const bySuffix = new Map<string, string[]>();
  for (const module of modules.keys())
    for (const suffix of suffixesOf(module)) bySuffix.set(suffix, [...(bySuffix.get(suffix) ?? []), module]);
  const functions = new Map<string, Set<number>>();
  for (const names of modules.values())
    for (const [name, arities] of names) functions.set(name, new Set([...(functions.get(name) ?? []), ...arities]));
  const options = new Set(api.libraries.flatMap((library) => library.options.split(" ")));
  const roots = new Set([...modules.keys()].map((module) => module.split(".")[0] ?? module));
  return {
    modulesNamed: (name) => bySuffix.get(name) ?? [],
    arities: (module, name) => modules.get(module)?.get(name) ?? null,
    isModule: (name) => modules.has(name),
    hasFunction: (name, arity) => (arity === null ? functions.has(name) : functions.get(name)?.has(arity) === true),
    isOption: (name) => options.has(name),
    owns: (module) => roots.has(module.split(".")[0] ?? module),
  };
}

/** `get/2,3 get!/2` by name. */
function read(written: string): Functions {
  return new Map(
    written
      .split(" ")
      .filter((entry) => entry !== "")
      .map((entry) => {
        const at = entry.lastIndexOf("/");
        return [
          entry.slice(0, at),
          new Set(
            entry
              .slice(at + 1)
              .split(",")
              .map(Number),
          ),
        ] as const;
      }),
  );
}

function join(one: Functions | undefined, other: Functions): Functions {
  if (one === undefined) return other;
  const joined = new Map(one);
  for (const [name, arities] of other) joined.set(name, new Set([...(joined.get(name) ?? []), ...arities]));
  return joined;
}

function suffixesOf(module: string): string[] {
  const parts = module.split(".");
  return parts.map((_part, from) => parts.slice(from).join("."));
}
