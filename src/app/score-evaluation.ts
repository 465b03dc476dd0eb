import type { CleanCase, DefectCase, Dispute, Evaluation, Rate, Rates } from "../model/evaluation.js";

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

/** Counts the results into rates; cases a second reader doubted and disputed ones are told apart and count in none. */
export function scoreEvaluation(
  allDefects: readonly DefectResult[],
  allCleans: readonly CleanResult[],
  disputes: readonly Dispute[] = [],
): Omit<Evaluation, "findingsPer1000Lines" | "seconds"> {
  const disputedIds = new Set(disputes.map(({ id }) => id));
  const isUndisputed = ({ case: { id } }: { readonly case: { readonly id: string } }): boolean => !disputedIds.has(id);
  const [defects, cleans] = [allDefects.filter(isUndisputed), allCleans.filter(isUndisputed)];
  const sure = defects.filter(isSure);
  const doubted = defects.filter((result) => !isSure(result));
  const sureCleans = cleans.filter(isSure);
  const twins = sure.filter(hasTwin);
  const met = new Set([...allDefects, ...allCleans].map(({ case: { id } }) => id));
  return {
    recall: { all: rateOf(sure, isFound), byKind: ratesBy(sure, kindOf, isFound), byDifficulty: ratesBy(sure, difficultyOf, isFound) },
    falseAlarms: { all: rateOf(sureCleans, isAlarmed), byKind: ratesBy(sureCleans, kindOf, isAlarmed) },
    twinsStillReported: { all: rateOf(twins, isReported), byKind: ratesBy(twins, kindOf, isReported) },
    withoutRepository: withoutEach(sure, sureCleans),
    missed: idsOf(sure.filter((result) => !isFound(result))),
    alarmed: idsOf(sureCleans.filter(isAlarmed)),
    stillReported: idsOf(twins.filter(isReported)),
    skipped: [...defects, ...cleans].flatMap(({ case: { id }, skipped }) => (skipped === null ? [] : [{ id, reason: skipped }])),
    disputed: disputes.filter(({ id }) => met.has(id)),
    doubtful: {
      found: idsOf(doubted.filter(isFound)),
      missed: idsOf(doubted.filter((result) => !isFound(result))),
      alarmed: idsOf(cleans.filter((result) => !isSure(result) && isAlarmed(result))),
    },
  };
}

function withoutEach(defects: readonly DefectResult[], cleans: readonly CleanResult[]): Record<string, Rates> {
  const repositories = [...new Set([...defects, ...cleans].map(repositoryOf))].sort();
  return Object.fromEntries(
    repositories.map((repository) => {
      const isOther = (result: DefectResult | CleanResult): boolean => repositoryOf(result) !== repository;
      const others = defects.filter(isOther);
      const twinsStillReported = rateOf(others.filter(hasTwin), isReported);
      return [repository, { recall: rateOf(others, isFound), falseAlarms: rateOf(cleans.filter(isOther), isAlarmed), twinsStillReported }];
    }),
  );
}

function isFound({ found }: DefectResult): boolean {
  return found;
}

function isAlarmed({ alarmed }: CleanResult): boolean {
  return alarmed;
}

/** Only what was found can still be reported where it was mended. */
function hasTwin({ found, case: { after_clean_lines: lines } }: DefectResult): boolean {
  return found && lines !== null;
}

function isReported({ twin }: DefectResult): boolean {
  return twin === "reported";
}

function repositoryOf({ case: { repo } }: DefectResult | CleanResult): string {
  return repo;
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
