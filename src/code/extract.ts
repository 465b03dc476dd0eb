import type { Comment, Facts } from "../model/facts.js";
import type { ParseSource } from "../model/ports.js";
import { linesOf } from "../model/span.js";
import { joinSpans, surveyTree } from "./damage.js";
import { createReader } from "./elixir/create-reader.js";
import { readFile } from "./elixir/file.js";
import { parseFile } from "./elixir/parse.js";
import type { Reader } from "./elixir/reader.js";
import { readJavascriptFile } from "./javascript/file.js";
import { languageOf } from "./language.js";
import { readPythonFile } from "./python/file.js";
import { readMarkup } from "./template/markup.js";

export { languageOf } from "./language.js";

/** What one file says. Never throws for bad source: what cannot be read is named in `damage`. A path of no known language is read as Elixir. */
export function extractFacts(path: string, text: string, parse: ParseSource): Facts {
  const language = languageOf(path) ?? "elixir";
  if (language === "python" || language === "javascript" || language === "typescript") return extractScript(path, text, language, parse);
  const reader = createReader(text, { parse: (source) => parse("elixir", source), readTemplate: readMarkup });
  const base = { path, language, ...linesOf(text) };
  if (language === "heex" || language === "eex") {
    const markup = reader.readTemplate({ start: 0, end: text.length }, language);
    return { ...base, modules: [], topLevel: [markup], comments: inOrder(reader.comments), damage: joinSpans(reader.unread) };
  }
  const { root, comments, damage } = parseFile(text, reader.parse);
  const topLevel = readFile(reader, root);
  return { ...base, ...finished(reader, comments), topLevel, damage: joinSpans([...damage, ...reader.unread]) };
}

/** A language with imports and classes: everything in the file belongs to one of its modules. */
function extractScript(path: string, text: string, language: "python" | "javascript" | "typescript", parse: ParseSource): Facts {
  const root = parse(language, text);
  const { comments, damage } = surveyTree(root, text, () => false);
  const read = language === "python" ? readPythonFile : readJavascriptFile;
  const { modules, unread } = read(path, text, root);
  return { path, language, ...linesOf(text), modules, topLevel: [], comments, damage: joinSpans([...damage, ...unread]) };
}

function finished(reader: Reader, comments: readonly Comment[]): Pick<Facts, "modules" | "comments"> {
  return { modules: reader.modules, comments: inOrder([...comments, ...reader.comments]) };
}

function inOrder(comments: readonly Comment[]): Comment[] {
  return [...comments].sort((left, right) => left.span.start - right.span.start);
}
