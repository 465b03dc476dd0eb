import type { Expression, Unknown } from "../../model/expression.js";
import type { Span } from "../../model/span.js";
import type { SyntaxNode } from "../../model/syntax.js";
import type { ModuleDraft } from "../elixir/module-draft.js";
import { spanOf } from "../nodes.js";
import { moduleDraft } from "./build.js";
import { namesInside, type Names } from "./names.js";

/** What reading one file of a language with imports and classes needs at hand. The mutable members are the scope of the node being read; who changes one restores it. */
export interface ScriptReader {
  readonly text: string;
  readonly path: string;
  /** The module that stands for the file itself. */
  readonly file: ModuleDraft;
  /** The class being read; null outside any. */
  owner: ModuleDraft | null;
  names: Names;
  /** What a function literal met here is known by; null where it is a value like others. */
  naming: string | null;
  /** The file's module first, then its classes. */
  readonly modules: ModuleDraft[];
  /** Spans given up because they are nested too deeply. */
  readonly unread: Span[];
  readonly read: (node: SyntaxNode) => Expression;
}

// As for Elixir: deeper nesting would exhaust the stack of whoever walks or stores the facts.
const deepest = 400;

export function createScriptReader(
  source: { readonly path: string; readonly text: string; readonly module: string },
  readNode: (reader: ScriptReader, node: SyntaxNode) => Expression,
): ScriptReader {
  const file = moduleDraft(source.module, { start: 0, end: source.text.length }, { start: 0, end: 0 });
  let depth = 0;
  const reader: ScriptReader = {
    ...{ text: source.text, path: source.path, file, owner: null, names: namesInside(null), naming: null },
    ...{ modules: [file], unread: [] },
    read: (node) => {
      if (depth >= deepest) {
        reader.unread.push(spanOf(node));
        return unknown(spanOf(node));
      }
      depth += 1;
      const expression = readNode(reader, node);
      depth -= 1;
      return expression;
    },
  };
  return reader;
}

export function textOf(reader: ScriptReader, node: SyntaxNode): string {
  return reader.text.slice(node.start, node.end);
}

export function unknown(span: Span, children: readonly Expression[] = []): Unknown {
  return { kind: "unknown", children, span };
}

/** An expression for a child the grammar promises but damage may have taken away. */
export function readOr(reader: ScriptReader, node: SyntaxNode | null, at: number): Expression {
  return node === null ? unknown({ start: at, end: at }) : reader.read(node);
}

/** Reads something in a scope of names of its own. */
export function inside<Value>(reader: ScriptReader, read: () => Value): Value {
  const { names, naming } = reader;
  reader.names = namesInside(names);
  reader.naming = null;
  const value = read();
  reader.names = names;
  reader.naming = naming;
  return value;
}
