import type { Facts, Language } from "../../model/facts.js";
import type { FactsCodec } from "../../model/ports.js";
import { rememberedShapes, shapesOf, type FunctionShape } from "../../model/likeness/shapes.js";
import { outlineOfTopLevel, rememberedOutline, type Outline } from "../../model/outline.js";
import { createReader, createWriter, passSection, type Reader, type Writer } from "./bytes.js";
import { expression } from "./expressions.js";
import { lazily } from "./lazily.js";
import { functionShapes } from "./likeness.js";
import { modules } from "./modules.js";
import { outline } from "./outlines.js";
import { count, list, offset, oneOf, readAt, readCodeAt, record, span, text, unreadable } from "./shapes.js";

const language = oneOf<Language>(["elixir", "heex", "eex", "python", "javascript", "typescript"]);
const comments = list(record({ text, span }));
const topLevel = list(expression);
const damage = list(span);
const lineStarts = list(offset);

/** Both directions, for whoever keeps facts. */
export const factsCodec: FactsCodec = { encode: encodeFacts, decode: decodeFacts };

const encoded = new WeakMap<Facts, Uint8Array>();

/**
 * Facts as bytes: the lengths of two tables of texts in four bytes each, those of names and those of code as JSON, then numbers. Null for
 * an expression nested deeper than the stack allows. What was decoded gives the bytes it came from.
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
  return joined(encodeTable(writer.names), encodeTable(writer.code), writer.bytes());
}

const lengthBytes = 4;

function encodeTable(texts: readonly string[]): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(texts));
}

function joined(names: Uint8Array, code: Uint8Array, numbers: Uint8Array): Uint8Array {
  const start = 2 * lengthBytes;
  const bytes = new Uint8Array(start + names.length + code.length + numbers.length);
  const lengths = new DataView(bytes.buffer);
  lengths.setUint32(0, names.length);
  lengths.setUint32(lengthBytes, code.length);
  bytes.set(names, start);
  bytes.set(code, start + names.length);
  bytes.set(numbers, start + names.length + code.length);
  return bytes;
}

/** The facts that were encoded. Names are read at once; code, comments and outlines when they are first asked for. Throws when these are no facts. */
export function decodeFacts(bytes: Uint8Array): Facts {
  const lengths = new DataView(bytes.buffer, bytes.byteOffset, 2 * lengthBytes);
  const codeStart = 2 * lengthBytes + lengths.getUint32(0);
  const numbers = codeStart + lengths.getUint32(lengthBytes);
  const names = readTable(bytes.subarray(2 * lengthBytes, codeStart));
  const source = { bytes, names, code: lazily(() => readTable(bytes.subarray(codeStart, numbers))) };
  const facts = new RememberedFacts(createReader(source, names, numbers));
  encoded.set(facts, bytes);
  return facts;
}

const decoder = new TextDecoder();

function readTable(written: Uint8Array): readonly string[] {
  const texts: unknown = JSON.parse(decoder.decode(written));
  return Array.isArray(texts) ? (texts as readonly string[]) : unreadable();
}

function writeFacts(facts: Facts, writer: Writer): void {
  text.write(facts.path, writer);
  count.write(facts.lines, writer);
  language.write(facts.language, writer);
  damage.write(facts.damage, writer);
  modules.write(facts.modules, writer);
  writer.section(() => outline.write(outlineOfTopLevel(facts), writer));
  writer.section(() => functionShapes.write(shapesOf(facts), writer));
  writer.section(() => lineStarts.write(facts.lineStarts, writer));
  writer.codeSection(() => topLevel.write(facts.topLevel, writer));
  writer.codeSection(() => comments.write(facts.comments, writer));
}

/** A class because its getters are then shared: own ones would be made anew for every file. */
class RememberedFacts implements Facts {
  readonly path: string;
  readonly lines: number;
  readonly language: Language;
  readonly damage: Facts["damage"];
  readonly modules: Facts["modules"];
  readonly #reader: Reader;
  readonly #sections: Readonly<Record<"outline" | "shapes" | "lineStarts" | "topLevel" | "comments", number>>;
  #outline: Outline | null = null;
  #shapes: readonly FunctionShape[] | null = null;
  #lineStarts: Facts["lineStarts"] | null = null;
  #topLevel: Facts["topLevel"] | null = null;
  #comments: Facts["comments"] | null = null;

  constructor(reader: Reader) {
    this.path = text.read(reader);
    this.lines = count.read(reader);
    this.language = language.read(reader);
    this.damage = damage.read(reader);
    this.modules = modules.read(reader);
    this.#reader = reader;
    this.#sections = {
      outline: passSection(reader),
      shapes: passSection(reader),
      lineStarts: passSection(reader),
      topLevel: passSection(reader),
      comments: passSection(reader),
    };
  }

  get lineStarts(): Facts["lineStarts"] {
    return (this.#lineStarts ??= readAt(this.#reader, this.#sections.lineStarts, lineStarts));
  }

  get topLevel(): Facts["topLevel"] {
    return (this.#topLevel ??= readCodeAt(this.#reader, this.#sections.topLevel, topLevel));
  }

  get comments(): Facts["comments"] {
    return (this.#comments ??= readCodeAt(this.#reader, this.#sections.comments, comments));
  }

  [rememberedOutline](): Outline {
    return (this.#outline ??= readAt(this.#reader, this.#sections.outline, outline));
  }

  [rememberedShapes](): readonly FunctionShape[] {
    return (this.#shapes ??= readAt(this.#reader, this.#sections.shapes, functionShapes));
  }
}
