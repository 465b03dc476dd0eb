import type { Comment } from "../../model/facts.js";
import type { Span } from "../../model/span.js";
import type { SyntaxNode } from "../../model/syntax.js";
import { surveyTree } from "../damage.js";
import { withPlainRawSigils } from "./raw-sigils.js";
import { recoverTree } from "./recover.js";

export interface ParsedFile {
  readonly root: SyntaxNode;
  readonly comments: readonly Comment[];
  readonly damage: readonly Span[];
}

/** A file's tree with its comments and damage; what damage tore apart is put together where that is certain. */
export function parseFile(text: string, parse: (text: string) => SyntaxNode): ParsedFile {
  const root = parse(text);
  const survey = surveyTree(root, text);
  if (survey.damage.length === 0) return { root, ...survey };
  const plain = withPlainRawSigils(text);
  const second = plain === null ? root : parse(plain);
  const secondSurvey = plain === null ? survey : surveyTree(second, text);
  const better = lengthOf(secondSurvey.damage) < lengthOf(survey.damage);
  const chosen = better ? { root: second, ...secondSurvey } : { root, ...survey };
  return chosen.damage.length === 0 ? chosen : { ...chosen, root: recoverTree(chosen.root, text) };
}

// A place where something is missing has no length of its own but counts.
function lengthOf(damage: readonly Span[]): number {
  return damage.reduce((sum, span) => sum + span.end - span.start + 1, 0);
}
