import type { Facts } from "../model/facts.js";
import type { FactsCache, FactsKey } from "../model/ports.js";

/** A cache in front of another: facts of the files met last stay in memory, so that trees of one repository share what they have in common. */
export function rememberFacts(behind: FactsCache, mostFiles: number): FactsCache {
  const remembered = new Map<string, Facts>();
  const remember = (key: FactsKey, facts: Facts): void => {
    remembered.delete(nameOf(key));
    remembered.set(nameOf(key), facts);
  };
  const forgetOldest = (): void => {
    for (const name of remembered.keys()) {
      if (remembered.size <= mostFiles) return;
      remembered.delete(name);
    }
  };
  return {
    load: async (keys) => {
      const known = keys.flatMap((key) => {
        const facts = remembered.get(nameOf(key));
        return facts === undefined ? [] : [{ key, facts }];
      });
      const found = new Map(known.map(({ key, facts }) => [key.path, facts]));
      const missing = keys.filter(({ path }) => !found.has(path));
      const loaded = missing.length === 0 ? new Map<string, Facts>() : await behind.load(missing);
      for (const [path, facts] of loaded) found.set(path, facts);
      for (const key of keys) {
        const facts = found.get(key.path);
        if (facts !== undefined) remember(key, facts);
      }
      forgetOldest();
      return found;
    },
    store: async (entries) => {
      for (const { key, facts } of entries) remember(key, facts);
      forgetOldest();
      await behind.store(entries);
    },
  };
}

function nameOf({ blob, path }: FactsKey): string {
  return `${blob} ${path}`;
}
