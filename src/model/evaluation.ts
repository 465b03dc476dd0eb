import * as z from "zod";

/** A defect of real history: the tree that has it, the tree that mended it, and where a reviewer would point. */
export const DefectCase = z.object({
  id: z.string(),
  kind: z.string(),
  repo: z.string(),
  before: z.string(),
  after: z.string(),
  path: z.string(),
  before_start_line: z.number().int(),
  before_end_line: z.number().int(),
  after_clean_path: z.string().nullable().default(null),
  after_clean_lines: z.tuple([z.number().int(), z.number().int()]).nullable().default(null),
  difficulty: z.string(),
  second: z.string().optional(),
});
export type DefectCase = z.infer<typeof DefectCase>;

/** Code that looks like a defect of its kind and is right. */
export const CleanCase = z.object({
  id: z.string(),
  kind: z.string(),
  repo: z.string(),
  sha: z.string(),
  path: z.string(),
  start_line: z.number().int(),
  end_line: z.number().int(),
  second: z.string().optional(),
});
export type CleanCase = z.infer<typeof CleanCase>;

/** A case whose label reading the code refutes: it counts in neither direction. */
export const Dispute = z.object({ id: z.string(), reason: z.string().min(1) });
export type Dispute = z.infer<typeof Dispute>;

/** `data/eval-kinds.yml`: the kind of defect each rule finds. A second kind needs its reason beside it. */
export const EvaluationKinds = z.strictObject({
  version: z.number().int(),
  rules: z.array(
    z
      .strictObject({ rule: z.string().min(1), kinds: z.array(z.string().min(1)).max(2), reason: z.string().min(1).optional() })
      .refine(({ kinds, reason }) => kinds.length === 1 || reason !== undefined, "two kinds, or none, need a reason"),
  ),
});
export type EvaluationKinds = z.infer<typeof EvaluationKinds>;

/** `rate` is `hits` of `total`, 0 when there is nothing to count. */
export interface Rate {
  readonly rate: number;
  readonly hits: number;
  readonly total: number;
}

/** The three rates over the same cases. */
export interface Rates {
  readonly recall: Rate;
  readonly falseAlarms: Rate;
  readonly twinsStillReported: Rate;
}

/** What an evaluation measured; `doubtful` and `disputed` cases are counted in no rate. */
export interface Evaluation {
  readonly recall: {
    readonly all: Rate;
    readonly byKind: Readonly<Record<string, Rate>>;
    readonly byDifficulty: Readonly<Record<string, Rate>>;
  };
  readonly falseAlarms: { readonly all: Rate; readonly byKind: Readonly<Record<string, Rate>> };
  readonly twinsStillReported: { readonly all: Rate; readonly byKind: Readonly<Record<string, Rate>> };
  /** The same rates with one repository left out, by its name: how far the figures hang on it. */
  readonly withoutRepository: Readonly<Record<string, Rates>>;
  readonly missed: readonly string[];
  readonly alarmed: readonly string[];
  readonly stillReported: readonly string[];
  readonly skipped: readonly { readonly id: string; readonly reason: string }[];
  readonly disputed: readonly Dispute[];
  readonly doubtful: { readonly found: readonly string[]; readonly missed: readonly string[]; readonly alarmed: readonly string[] };
  readonly findingsPer1000Lines: number;
  readonly seconds: number;
}
