import type { Markup } from "../../model/expression.js";
import type { Span } from "../../model/span.js";
import type { SyntaxNode } from "../../model/syntax.js";
import { readDefinition } from "./functions.js";
import { readModule } from "./modules.js";
import { readExpression } from "./read.js";
import type { Reader } from "./reader.js";

/** How a reader reaches what lies outside the Elixir folder. */
export interface ReaderPorts {
  readonly parse: (text: string) => SyntaxNode;
  readonly readTemplate: (reader: Reader, span: Span, language: "heex" | "eex") => Markup;
}

// Hand-written code stays below 100; deeper nesting would exhaust the stack of whoever walks or stores the facts.
const deepest = 400;

/** A reader at the top of a file. */
export function createReader(text: string, ports: ReaderPorts): Reader {
  const reader: Reader = {
    text,
    module: null,
    scope: null,
    aliases: new Map(),
    quoted: false,
    template: false,
    placeholders: null,
    depth: 0,
    markers: new Map(),
    modules: [],
    comments: [],
    unread: [],
    enter: (span) => {
      if (reader.depth < deepest) reader.depth += 1;
      else {
        reader.unread.push(span);
        return false;
      }
      return true;
    },
    leave: () => {
      reader.depth -= 1;
    },
    parse: ports.parse,
    read: (node) => readExpression(reader, node),
    readTemplate: (span, language) => ports.readTemplate(reader, span, language),
    readModule: (node) => readModule(reader, node),
    readDefinition: ({ node, name, parts }) => reader.scope !== null && readDefinition(reader, reader.scope, node, name, parts),
  };
  return reader;
}
