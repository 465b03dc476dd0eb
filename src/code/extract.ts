import type { Comment, Facts } from "../model/facts.js";
import type { ParseSource } from "../model/ports.js";
import { lineStartsOf } from "../model/span.js";
import { joinSpans } from "./damage.js";
import { createReader } from "./elixir/create-reader.js";
import { readFile } from "./elixir/file.js";
import { parseFile } from "./elixir/parse.js";
import type { Reader } from "./elixir/reader.js";
import { languageOf } from "./language.js";
import { readMarkup } from "./template/markup.js";

export { languageOf } from "./language.js";

/** Changes whenever the same bytes would give other facts, so that remembered facts of older versions are not used. */
export const extractorVersion = "4";

/** What one file says. Never throws for bad source: what cannot be read is named in `damage`. A path of no known language is read as Elixir. */
export function extractFacts(path: string, text: string, parse: ParseSource): Facts {
  const language = languageOf(path) ?? "elixir";
  const reader = createReader(text, { parse: (source) => parse("elixir", source), readTemplate: readMarkup });
  const base = { path, language, lineStarts: lineStartsOf(text) };
  if (language === "heex" || language === "eex") {
    const markup = reader.readTemplate({ start: 0, end: text.length }, language);
    return { ...base, modules: [], topLevel: [markup], comments: inOrder(reader.comments), damage: joinSpans(reader.unread) };
  }
  const { root, comments, damage } = parseFile(text, reader.parse);
  const topLevel = readFile(reader, root);
  return { ...base, ...finished(reader, comments), topLevel, damage: joinSpans([...damage, ...reader.unread]) };
}

function finished(reader: Reader, comments: readonly Comment[]): Pick<Facts, "modules" | "comments"> {
  return { modules: reader.modules, comments: inOrder([...comments, ...reader.comments]) };
}

function inOrder(comments: readonly Comment[]): Comment[] {
  return [...comments].sort((left, right) => left.span.start - right.span.start);
}
