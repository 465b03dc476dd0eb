import { shown } from "../../model/address.js";
import { listed, nearest } from "../../model/nearest.js";
import { forgeRepositoryOf, isSameRepository, type ForgeRepository } from "../../model/permalink.js";
import type { Repository } from "../../model/source.js";
import { unresolved, type Unresolved } from "./unresolved.js";

/** Which repositories to look in: the one meant, or all that may be read when none was named. */
export type Chosen = { readonly kind: "chosen"; readonly repositories: readonly Repository[] } | Unresolved;

/** By name or alias in any case; without a name, every readable one. `readable` holds only what the asker may read. */
export function chooseRepositories(readable: readonly Repository[], name: string | null): Chosen {
  if (readable.length === 0) return nothingReadable();
  if (name === null) return { kind: "chosen", repositories: readable };
  const wanted = name.toLowerCase();
  const named = readable.find((repository) => [repository.name, ...repository.aliases].some((known) => known.toLowerCase() === wanted));
  return named === undefined ? unknownRepository(name, readable) : { kind: "chosen", repositories: [named] };
}

export function nothingReadable(): Unresolved {
  return unresolved("unknown_repository", "No repository may be read from here: add one, with this channel, to guard.config.yml.");
}

/** The repository a link leads to. */
export function repositoryOfLink(readable: readonly Repository[], link: ForgeRepository): Chosen {
  const named = readable.find(({ url }) => {
    const forge = forgeRepositoryOf(url);
    return forge !== null && isSameRepository(forge, link);
  });
  return named === undefined
    ? unknownRepository(`${link.host}/${link.owner}/${link.name}`, readable)
    : { kind: "chosen", repositories: [named] };
}

/** Says the same of a repository that does not exist and of one the asker may not read. */
function unknownRepository(name: string, readable: readonly Repository[]): Unresolved {
  const names = readable.map((repository) => repository.name);
  const similar = nearest(name.split("/").at(-1) ?? name, names);
  const candidates = similar.length > 0 ? similar : names.slice(0, 5);
  const remedy = candidates.length === 0 ? "add it to guard.config.yml" : `name ${listed(candidates)}, or add it to guard.config.yml`;
  return unresolved("unknown_repository", `No repository called ${shown(name)} may be read from here: ${remedy}.`, candidates);
}
