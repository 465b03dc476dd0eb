import type { Span } from "../../model/span.js";
import { createReader, readNumber, readOffset, readText, type Reader, type Writer } from "./bytes.js";

/** How values of one type are written and read back equal. */
export interface Shape<Value> {
  readonly write: (value: Value, writer: Writer) => void;
  readonly read: (reader: Reader) => Value;
}

export const text: Shape<string> = { write: (value, writer) => writer.text(value), read: readText };

export const count: Shape<number> = { write: (value, writer) => writer.number(value), read: readNumber };

/** A place in the text, written as the way from the last one. */
export const offset: Shape<number> = { write: (value, writer) => writer.offset(value), read: readOffset };

export const flag: Shape<boolean> = {
  write: (value, writer) => writer.number(value ? 1 : 0),
  read: (reader) => readNumber(reader) === 1,
};

export const span: Shape<Span> = {
  write: ({ start, end }, writer) => {
    writer.offset(start);
    writer.number(end - start);
  },
  read: (reader) => {
    const start = readOffset(reader);
    return { start, end: start + readNumber(reader) };
  },
};

/** The next span, and the known one itself where it is the same again. */
export function readSpanLike(known: Span, reader: Reader): Span {
  const start = readOffset(reader);
  const end = start + readNumber(reader);
  return start === known.start && end === known.end ? known : { start, end };
}

/** One word of a short list. */
export function oneOf<Word extends string>(words: readonly Word[]): Shape<Word> {
  return {
    write: (value, writer) => writer.number(words.indexOf(value)),
    read: (reader) => words[readNumber(reader)] ?? unreadable(),
  };
}

export function nullable<Value>(shape: Shape<Value>): Shape<Value | null> {
  return {
    write: (value, writer) => {
      writer.number(value === null ? 0 : 1);
      if (value !== null) shape.write(value, writer);
    },
    read: (reader) => (readNumber(reader) === 0 ? null : shape.read(reader)),
  };
}

/** Most lists are empty, and one will do for all of them. */
const nothing: readonly never[] = [];

export function list<Value>(shape: Shape<Value>): Shape<readonly Value[]> {
  return {
    write: (values, writer) => {
      writer.number(values.length);
      for (const value of values) shape.write(value, writer);
    },
    read: (reader) => {
      let left = readNumber(reader);
      if (left === 0) return nothing;
      const values: Value[] = [];
      for (; left > 0; left -= 1) values.push(shape.read(reader));
      return values;
    },
  };
}

type Fields<Value> = { readonly [Key in keyof Value]: Shape<Value[Key]> };

/** An object with exactly these fields, in this order. */
export function record<Value extends object>(fields: Fields<Value>): Shape<Value> {
  const keys = Object.keys(fields) as (keyof Value)[];
  return {
    write: (value, writer) => {
      for (const key of keys) fields[key].write(value[key], writer);
    },
    read: (reader) => {
      const value = {} as Value;
      for (const key of keys) value[key] = fields[key].read(reader);
      return value;
    },
  };
}

/** A value that is always the same and takes no room. */
export function always<Value>(value: Value): Shape<Value> {
  return { write: () => undefined, read: () => value };
}

/** What stands in a section of names of the file that a reader reads. */
export function readAt<Value>({ source }: Reader, section: number, shape: Shape<Value>): Value {
  return shape.read(createReader(source, source.names, section));
}

/** The same for a section of code. */
export function readCodeAt<Value>({ source }: Reader, section: number, shape: Shape<Value>): Value {
  return shape.read(createReader(source, source.code(), section));
}

export function unreadable(): never {
  throw new Error("These bytes are not facts that this version of Guard wrote.");
}
