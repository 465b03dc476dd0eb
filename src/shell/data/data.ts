import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type * as z from "zod";
import { Advisories } from "../../model/advisories.js";
import { Checklist } from "../../model/checklist.js";
import { EvaluationKinds } from "../../model/evaluation.js";
import { LibraryApi } from "../../model/library-api.js";
import { PeerChecks } from "../../model/peers.js";
import { Prices, Thresholds, Voice } from "../../model/standards.js";
import { EffectVocabulary } from "../../model/vocabulary.js";

/** Every file of data/ with its schema: the key is the file's name without `.yml`. */
const schemas = {
  advisories: Advisories,
  checklist: Checklist,
  effects: EffectVocabulary,
  peers: PeerChecks,
  prices: Prices,
  triggers: Thresholds,
  voice: Voice,
  "eval-kinds": EvaluationKinds,
  "library-api": LibraryApi,
};

/** The checked content of data/, one entry a file. */
export type Data = { readonly [Name in keyof typeof schemas]: z.infer<(typeof schemas)[Name]> };

type Name = keyof typeof schemas;
const allNames = Object.keys(schemas) as Name[];

/** Reads and checks files of `data/` under `root`, all unless named. Throws one error that lists every fault of each: these files ship with Guard. */
export function loadData<Wanted extends Name = Name>(root: string, names: readonly Wanted[] = allNames as Wanted[]): Pick<Data, Wanted> {
  const faults: string[] = [];
  const entries = names.map((name) => [name, readChecked(join(root, "data", `${name}.yml`), schemas[name], faults)]);
  if (faults.length > 0) throw new Error(`Guard's data files have faults; mend them and start again:\n${faults.join("\n")}`);
  return Object.fromEntries(entries) as Pick<Data, Wanted>;
}

function readChecked(path: string, schema: z.ZodType, faults: string[]): unknown {
  try {
    const checked = schema.safeParse(parse(readFileSync(path, "utf8")));
    if (checked.success) return checked.data;
    faults.push(...checked.error.issues.map((issue) => `${path}: ${issue.path.map(String).join(".")}: ${issue.message}`));
  } catch (error) {
    faults.push(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return null;
}
