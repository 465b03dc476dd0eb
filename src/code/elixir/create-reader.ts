import type { Markup } from "../../model/expression.js";
import type { Span } from "../../model/span.js";
import { readModule } from "./modules.js";
import { readExpression } from "./read.js";
import type { Reader } from "./reader.js";

const none: ReadonlyMap<never, never> = new Map<never, never>();

/** A reader at the top of a file. `readTemplate` is what `~H` and its elders are handed to. */
export function createReader(text: string, readTemplate: (reader: Reader, span: Span, language: "heex" | "eex") => Markup): Reader {
  const reader: Reader = {
    text,
    module: null,
    aliases: none,
    quoted: false,
    template: false,
    placeholders: null,
    depth: 0,
    markers: none,
    modules: [],
    unread: [],
    read: (node) => readExpression(reader, node),
    readTemplate: (span, language) => readTemplate(reader, span, language),
    readModule: (node) => readModule(reader, node),
  };
  return reader;
}
