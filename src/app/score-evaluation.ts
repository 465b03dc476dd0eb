import type { CleanCase, DefectCase, Evaluation, Rate } from "../model/evaluation.js";

export interface DefectResult {
  readonly case: DefectCase;
  readonly found: boolean;
  /** Of a found case with a mended place; null otherwise. */
  readonly twin: "silent" | "reported" | null;
  /** Why it could not be looked at; it then counts as missed. */
  readonly skipped: string | null;
}

export interface CleanResult {
  readonly case: CleanCase;
  readonly alarmed: boolean;
  readonly skipped: string | null;
}

/** Counts the results into rates; cases a second reader doubted are told apart and count in none. */
export function scoreEvaluation(
  defects: readonly DefectResult[],
  cleans: readonly CleanResult[],
): Omit<Evaluation, "findingsPer1000Lines" | "seconds"> {
  const sure = defects.filter(isSure);
  const doubted = defects.filter((result) => !isSure(result));
  const sureCleans = cleans.filter(isSure);
  const twins = sure.filter(({ found, case: { after_clean_lines: lines } }) => found && lines !== null);
  const found = ({ found: hit }: DefectResult): boolean => hit;
  const missed = (result: DefectResult): boolean => !result.found;
  const alarmed = ({ alarmed: hit }: CleanResult): boolean => hit;
  const reported = ({ twin }: DefectResult): boolean => twin === "reported";
  return {
    recall: { all: rateOf(sure, found), byKind: ratesBy(sure, kindOf, found), byDifficulty: ratesBy(sure, difficultyOf, found) },
    falseAlarms: { all: rateOf(sureCleans, alarmed), byKind: ratesBy(sureCleans, kindOf, alarmed) },
    twinsStillReported: { all: rateOf(twins, reported), byKind: ratesBy(twins, kindOf, reported) },
    missed: idsOf(sure.filter(missed)),
    alarmed: idsOf(sureCleans.filter(alarmed)),
    stillReported: idsOf(twins.filter(reported)),
    skipped: [...defects, ...cleans].flatMap(({ case: { id }, skipped }) => (skipped === null ? [] : [{ id, reason: skipped }])),
    doubtful: {
      found: idsOf(doubted.filter(found)),
      missed: idsOf(doubted.filter(missed)),
      alarmed: idsOf(cleans.filter((result) => !isSure(result) && result.alarmed)),
    },
  };
}

function isSure({ case: { second } }: { readonly case: { readonly second?: string | undefined } }): boolean {
  return second !== "doubtful";
}

function kindOf({ case: { kind } }: { readonly case: { readonly kind: string } }): string {
  return kind;
}

function difficultyOf({ case: { difficulty } }: DefectResult): string {
  return difficulty;
}

function idsOf(results: readonly { readonly case: { readonly id: string } }[]): string[] {
  return results.map(({ case: { id } }) => id);
}

function rateOf<Result>(results: readonly Result[], counts: (result: Result) => boolean): Rate {
  const hits = results.filter(counts).length;
  return { rate: results.length === 0 ? 0 : hits / results.length, hits, total: results.length };
}

function ratesBy<Result>(
  results: readonly Result[],
  nameOf: (result: Result) => string,
  counts: (result: Result) => boolean,
): Record<string, Rate> {
  const names = [...new Set(results.map(nameOf))].sort();
  return Object.fromEntries(
    names.map((name) => [
      name,
      rateOf(
        results.filter((result) => nameOf(result) === name),
        counts,
      ),
    ]),
  );
}
