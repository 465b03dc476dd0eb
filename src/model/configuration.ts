import * as z from "zod";
import { judgeAddress, shown } from "./address.js";
import { nearest } from "./nearest.js";

const name = z
  .string(says("a name", "write a short word, such as shop"))
  .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,99}$/, "has characters a name can't have: use letters, digits, dots, dashes and slashes");

const url = z.string(says("an address", "write the URL you would clone")).superRefine((value, context) => {
  const address = judgeAddress(value);
  if (address.kind === "refused") context.addIssue({ code: "custom", message: `is refused. ${address.sentence}` });
  else if (address.kind === "folder" && !value.startsWith("/")) {
    const message = `"${shown(value)}" is neither a URL nor an absolute folder: write it like https://github.com/OWNER/NAME.git or /srv/NAME`;
    context.addIssue({ code: "custom", message });
  }
});

const branch = z
  .string(says("a branch name", 'write it in quotes, such as "main"'))
  .regex(/^(?![-/])(?!.*(?:\.\.|@\{|\/\/))[^\s~^:?*[\\\p{Cc}]{1,250}$/u, "is not a branch name: write it as `git branch` shows it");

const channel = z
  .string(says("a channel", "write its id or #name in quotes"))
  .regex(
    /^(?:\*|#[^\s#]{1,80}|[CGD][A-Z0-9]{2,})$/,
    'is not a channel: write its id (C0123ABCD), its name in quotes ("#backend") or "*" for every channel',
  );

const repository = z
  .strictObject(
    {
      name,
      url,
      default_branch: branch.default("HEAD"),
      channels: z.array(channel, says("a list", 'write it like ["#backend"]')).default(["*"]),
      aliases: z.array(name, says("a list", "write it like [shop, store]")).default([]),
      model: z.literal("never", says('"never"', "write never where its code may leave for no model, or leave it out")).optional(),
    },
    says("a repository", "give it at least a name and a url"),
  )
  .transform(({ default_branch: defaultBranch, model, ...rest }) => ({
    ...rest,
    defaultBranch,
    ...(model === undefined ? {} : { model }),
  }));

const seconds = z.number(says("a number of seconds", "write digits only")).int("must be whole seconds: round it");

/** What `guard.config.yml` may say; keys that it does not know are faults. Everything has a default. */
export const configurationSchema = z.strictObject(
  {
    repositories: z.array(repository, says("a list", "begin each repository with `- name:`")).default([]),
    model: z
      .strictObject(
        {
          id: z.string(says("a model id", "write it in quotes")).min(1, "is empty: name a model or leave it out").nullable().default(null),
          fallback: z
            .string(says("a model id", "write it in quotes"))
            .min(1, "is empty: name a model or leave it out")
            .nullable()
            .default(null),
          base_url: z
            .url({ protocol: /^https?$/, error: "is not an http(s) URL: write it like https://api.example.com" })
            .nullable()
            .default(null),
        },
        says("a section", "write id:, fallback: and base_url: below it"),
      )
      .transform(({ id, fallback, base_url: baseUrl }) => ({ id, fallback, baseUrl }))
      .prefault({}),
    git: z
      .strictObject(
        {
          stale_after_seconds: seconds.min(0, "is negative: 0 fetches every time").default(60),
          time_limit_seconds: seconds
            .min(1, "leaves git no time: give at least 1")
            .max(3600, "is over an hour: give at most 3600")
            .default(120),
        },
        says("a section", "write stale_after_seconds: and time_limit_seconds: below it"),
      )
      .transform((git) => ({ staleAfterMs: git.stale_after_seconds * 1000, timeoutMs: git.time_limit_seconds * 1000 }))
      .prefault({}),
    proof: z
      .strictObject(
        {
          run: z.boolean(says("true or false", "write true only where code of the repositories may run")).default(false),
          time_limit_seconds: seconds
            .min(1, "leaves the compiler no time: give at least 1")
            .max(3600, "is over an hour: give at most 3600")
            .default(300),
        },
        says("a section", "write run: and time_limit_seconds: below it"),
      )
      .transform((proof) => ({ run: proof.run, timeoutMs: proof.time_limit_seconds * 1000 }))
      .prefault({}),
  },
  says("a mapping", "begin with `repositories:`"),
);

/** `git` and `proof` are in milliseconds; a null model means the built-in or the environment's. */
export type Configuration = z.infer<typeof configurationSchema>;

/** One thing wrong: where in the document, and what with its remedy. `key` is set when the key itself is at fault. */
export interface ConfigurationFault {
  readonly path: readonly (string | number)[];
  readonly key: string | null;
  readonly problem: string;
}

export type CheckedConfiguration =
  | { readonly kind: "valid"; readonly configuration: Configuration }
  | { readonly kind: "faulty"; readonly faults: readonly ConfigurationFault[] };

/** Checks a parsed document and finds all faults at once: wrong and unknown values, and names that two repositories share. */
export function checkConfiguration(document: unknown): CheckedConfiguration {
  const checked = configurationSchema.safeParse(document ?? {});
  const faults = [...(checked.error?.issues ?? []).flatMap(faultsOf), ...sharedNames(document)];
  return checked.success && faults.length === 0 ? { kind: "valid", configuration: checked.data } : { kind: "faulty", faults };
}

const knownKeys = [
  "repositories",
  "model",
  "git",
  "proof",
  "run",
  "name",
  "url",
  "default_branch",
  "channels",
  "aliases",
  "id",
  "fallback",
  "base_url",
];

function faultsOf(issue: z.core.$ZodIssue): ConfigurationFault[] {
  const path = issue.path.filter((part) => typeof part !== "symbol");
  if (issue.code !== "unrecognized_keys") return [{ path, key: null, problem: issue.message }];
  return issue.keys.map((key) => {
    const [similar] = nearest(key, knownKeys, 1);
    return { path, key, problem: `is not a known key: ${similar === undefined ? "remove it" : `did you mean ${similar}?`}` };
  });
}

/** Repositories are asked for by name or alias in any case, so each word may mean one repository only. */
function sharedNames(document: unknown): ConfigurationFault[] {
  const owners = new Map<string, number>();
  const faults: ConfigurationFault[] = [];
  const claim = (word: unknown, owner: number, path: readonly (string | number)[]) => {
    if (typeof word !== "string") return;
    const other = owners.get(word.toLowerCase());
    if (other === undefined) owners.set(word.toLowerCase(), owner);
    else if (other !== owner || path.includes("aliases")) {
      const whose = other === owner ? "this repository already" : `repositories[${other}] too`;
      faults.push({ path, key: null, problem: `"${shown(word)}" names ${whose}: give each repository its own names` });
    }
  };
  const repositories = listAt(document, "repositories");
  repositories.forEach((entry, index) => claim(valueAt(entry, "name"), index, ["repositories", index, "name"]));
  repositories.forEach((entry, index) =>
    listAt(entry, "aliases").forEach((alias, position) => claim(alias, index, ["repositories", index, "aliases", position])),
  );
  return faults;
}

function valueAt(holder: unknown, key: string): unknown {
  return typeof holder === "object" && holder !== null && key in holder ? (holder as Readonly<Record<string, unknown>>)[key] : undefined;
}

function listAt(holder: unknown, key: string): readonly unknown[] {
  const value = valueAt(holder, key);
  return Array.isArray(value) ? value : [];
}

function says(expected: string, remedy: string) {
  return {
    error: (issue: { readonly input?: unknown }) => `${issue.input === undefined ? "is missing" : `is not ${expected}`}: ${remedy}`,
  };
}
