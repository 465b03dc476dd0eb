import { readFile } from "node:fs/promises";
import { Language as Grammar, Parser } from "web-tree-sitter";
import type { Language } from "../../model/facts.js";
import type { ParseSource } from "../../model/ports.js";
import { grammarFile } from "./grammar-file.js";
import { plainTree } from "./plain-tree.js";

const grammars: ReadonlySet<Language> = new Set(["python", "javascript", "typescript"] as const);

/** Parsers for the languages beside Elixir, on WebAssembly alone. A grammar is read when it is first asked for: most projects need none. */
export function createOtherParser(): { readonly parse: ParseSource; readonly load: NonNullable<ParseSource["load"]> } {
  const ready = new Map<Language, Parser>();
  return {
    parse: (language, text) => {
      const parser = ready.get(language);
      if (parser === undefined)
        throw new Error(`There is no grammar for ${language} here: load it first; templates are read by code/template.`);
      return parsed(parser, text);
    },
    load: async (languages) => {
      for (const language of new Set(languages)) {
        if (!ready.has(language) && grammars.has(language)) ready.set(language, await createParserFor(language));
      }
    },
  };
}

async function createParserFor(language: Language): Promise<Parser> {
  await Parser.init();
  const parser = new Parser();
  parser.setLanguage(await Grammar.load(await readFile(grammarFile(import.meta.url, language))));
  return parser;
}

function parsed(parser: Parser, text: string): ReturnType<ParseSource> {
  const tree = parser.parse(text);
  if (tree === null) throw new Error("web-tree-sitter gave no tree although no time limit was set.");
  const cursor = tree.walk();
  try {
    return plainTree(cursor);
  } finally {
    cursor.delete();
    tree.delete();
  }
}
