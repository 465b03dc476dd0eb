import * as z from "zod";
import type { Effect, RepositoryOperation } from "./project.js";

const effect = z.enum([
  "query",
  "write",
  "transaction",
  "http",
  "mail",
  "file",
  "command",
  "process_start",
  "process_call",
  "enqueue",
  "broadcast",
  "sleep",
  "raise",
] as const satisfies readonly Effect[]);

const operation = z.enum(["read", "write", "transaction", "raw", "preload"] as const satisfies readonly RepositoryOperation[]);

const functions = z.array(z.string().min(1)).min(1);

/**
 * `data/effects.yml`: which library functions have which effect. A function name may end in `*`; a module name may
 * end in `.*` for everything below it. `Kernel` stands for what is called without a module.
 */
export const EffectVocabulary = z.strictObject({
  /** Packages that make a Python or JavaScript project one that Guard reads, because it knows what their calls do. */
  libraries: z.strictObject({ python: z.array(z.string().min(1)), javascript: z.array(z.string().min(1)) }),
  /** Functions called on a library's own modules. */
  calls: z.array(z.strictObject({ effect, modules: z.array(z.string().min(1)).min(1), functions })),
  /** Functions a project module gets by `use`. */
  injected: z.array(z.strictObject({ effect, use: z.string().min(1), functions })),
  /** Functions of a module that uses Ecto.Repo. */
  repository: z.record(operation, functions),
  /** Calls that run the lambda they are given in another process, without waiting for it. */
  deferring: z.array(z.strictObject({ modules: z.array(z.string().min(1)).min(1), functions })),
});

export type EffectVocabulary = z.infer<typeof EffectVocabulary>;
