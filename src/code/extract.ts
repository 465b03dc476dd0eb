import type { Facts } from "../model/facts.js";
import type { ParseSource } from "../model/ports.js";
import { lineStartsOf } from "../model/span.js";
import { joinSpans, surveyTree } from "./damage.js";
import { createReader } from "./elixir/create-reader.js";
import { readFile } from "./elixir/file.js";
import { languageOf } from "./language.js";
import { readMarkup } from "./template/markup.js";

export { languageOf } from "./language.js";

/** Changes whenever the same bytes would give other facts, so that remembered facts of older versions are not used. */
export const extractorVersion = "1";

/** What one file says. Never throws for bad source: what cannot be read is named in `damage`. A path of no known language is read as Elixir. */
export function extractFacts(path: string, text: string, parse: ParseSource): Facts {
  const language = languageOf(path) ?? "elixir";
  const reader = createReader(text, (outer, span, kind) => readMarkup(outer, parse, span, kind));
  const lineStarts = lineStartsOf(text);
  if (language !== "elixir") {
    const markup = reader.readTemplate({ start: 0, end: text.length }, language === "heex" ? "heex" : "eex");
    return { path, language, lineStarts, modules: [], topLevel: [markup], comments: [], damage: joinSpans(reader.unread) };
  }
  const tree = parse("elixir", text);
  const { comments, damage } = surveyTree(tree, text);
  const topLevel = readFile(reader, tree);
  return { path, language, lineStarts, modules: reader.modules, topLevel, comments, damage: joinSpans([...damage, ...reader.unread]) };
}
