import type { Facts, Language } from "../../model/facts.js";
import type { FactsCodec } from "../../model/ports.js";
import { outlineOfTopLevel, rememberOutline } from "../../model/outline.js";
import { createReader, createWriter, type Reader, type Writer } from "./bytes.js";
import { expression } from "./expressions.js";
import { lazily } from "./lazily.js";
import { modules } from "./modules.js";
import { outline } from "./outlines.js";
import { list, offset, oneOf, record, span, text, unreadable } from "./shapes.js";

const language = oneOf<Language>(["elixir", "heex", "eex", "python", "javascript", "typescript"]);
const comments = list(record({ text, span }));
const topLevel = list(expression);
const damage = list(span);
const lineStarts = list(offset);

/** Both directions, for whoever keeps facts. */
export const factsCodec: FactsCodec = { encode: encodeFacts, decode: decodeFacts };

const encoded = new WeakMap<Facts, Uint8Array>();

/**
 * Facts as bytes: the length of the text table in four bytes, the table as JSON, then numbers. Null for an expression nested deeper
 * than the stack allows. What was decoded gives the bytes it came from.
 */
export function encodeFacts(facts: Facts): Uint8Array | null {
  const known = encoded.get(facts);
  if (known !== undefined) return known;
  const writer = createWriter();
  try {
    writeFacts(facts, writer);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
  return joined(new TextEncoder().encode(JSON.stringify(writer.texts)), writer.bytes());
}

/** The facts that were encoded. Names are read at once; code, comments and outlines when they are first asked for. Throws when these are no facts. */
export function decodeFacts(bytes: Uint8Array): Facts {
  const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);
  const texts: unknown = JSON.parse(decoder.decode(bytes.subarray(4, 4 + length)));
  if (!Array.isArray(texts)) unreadable();
  const facts = readFacts(createReader(bytes, texts as readonly string[], 4 + length));
  encoded.set(facts, bytes);
  return facts;
}

const decoder = new TextDecoder();

function joined(table: Uint8Array, numbers: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + table.length + numbers.length);
  new DataView(bytes.buffer).setUint32(0, table.length);
  bytes.set(table, 4);
  bytes.set(numbers, 4 + table.length);
  return bytes;
}

function writeFacts(facts: Facts, writer: Writer): void {
  text.write(facts.path, writer);
  language.write(facts.language, writer);
  damage.write(facts.damage, writer);
  modules.write(facts.modules, writer);
  writer.section(() => outline.write(outlineOfTopLevel(facts), writer));
  writer.section(() => lineStarts.write(facts.lineStarts, writer));
  writer.section(() => topLevel.write(facts.topLevel, writer));
  writer.section(() => comments.write(facts.comments, writer));
}

function readFacts(reader: Reader): Facts {
  const head = { path: text.read(reader), language: language.read(reader), damage: damage.read(reader), modules: modules.read(reader) };
  const outlined = reader.section();
  const lines = reader.section();
  const code = reader.section();
  const remarks = reader.section();
  const parts = {
    lineStarts: lazily(() => lineStarts.read(lines)),
    topLevel: lazily(() => topLevel.read(code)),
    comments: lazily(() => comments.read(remarks)),
  };
  const facts: Facts = {
    ...head,
    get lineStarts() {
      return parts.lineStarts();
    },
    get topLevel() {
      return parts.topLevel();
    },
    get comments() {
      return parts.comments();
    },
  };
  rememberOutline(facts, () => outline.read(outlined));
  return facts;
}
