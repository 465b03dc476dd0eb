/** Gathers small whole numbers, most of which take one byte; texts become numbers in one of two tables. */
export interface Writer {
  /** At least 0, below 2^31. */
  readonly number: (value: number) => void;
  readonly text: (value: string) => void;
  /** An offset near the last one written takes one byte. */
  readonly offset: (value: number) => void;
  /** Writes a part that can be passed over unread: its length first, and its offsets counted from the file's start. */
  readonly section: (write: () => void) => void;
  /** The same for code: its texts have a table of their own, which most files are used without. */
  readonly codeSection: (write: () => void) => void;
  readonly bytes: () => Uint8Array;
  readonly names: readonly string[];
  readonly code: readonly string[];
}

/** One file's bytes and the texts they count on. */
export interface Source {
  readonly bytes: Uint8Array;
  readonly names: readonly string[];
  readonly code: () => readonly string[];
}

/**
 * Where reading stands. Thousands are made and most of them are read once, so it holds no functions of its own: those below read on and
 * move it. The bytes are checked by whoever stored them: damaged ones read as damaged facts.
 */
export interface Reader {
  readonly source: Source;
  readonly bytes: Uint8Array;
  readonly texts: readonly string[];
  at: number;
  /** The last offset read, from which the next one is counted. */
  last: number;
}

export function createWriter(): Writer {
  const names = createTable();
  const code = createTable();
  let table = names;
  let buffer = new Uint8Array(16_384);
  let length = 0;
  let last = 0;
  const number = (value: number): void => {
    if (length + 5 > buffer.length) buffer = grown(buffer, length + 5);
    let rest = value;
    while (rest > 127) {
      buffer[length++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    buffer[length++] = rest;
  };
  const section = (write: () => void): void => {
    const start = length;
    const before = last;
    last = 0;
    write();
    const written = length - start;
    const room = bytesOf(written);
    if (length + room > buffer.length) buffer = grown(buffer, length + room);
    buffer.copyWithin(start + room, start, length);
    length = start;
    last = before;
    number(written);
    length += written;
  };
  return {
    number,
    text: (value) => number(table.placeOf(value)),
    offset: (value) => {
      const step = value - last;
      last = value;
      number(step < 0 ? -step * 2 - 1 : step * 2);
    },
    section,
    codeSection: (write) => {
      const outer = table;
      table = code;
      section(write);
      table = outer;
    },
    bytes: () => buffer.subarray(0, length),
    names: names.texts,
    code: code.texts,
  };
}

/** Every text once, by its number. */
function createTable() {
  const texts: string[] = [];
  const places = new Map<string, number>();
  const placeOf = (text: string): number => {
    const known = places.get(text);
    if (known !== undefined) return known;
    places.set(text, texts.length);
    return texts.push(text) - 1;
  };
  return { texts, placeOf };
}

/** How many bytes a number takes. */
function bytesOf(value: number): number {
  let bytes = 1;
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes += 1;
  return bytes;
}

function grown(buffer: Uint8Array<ArrayBuffer>, needed: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(buffer.length * 2, needed));
  larger.set(buffer);
  return larger;
}

export function createReader(source: Source, texts: readonly string[], at: number): Reader {
  return { source, bytes: source.bytes, texts, at, last: 0 };
}

export function readNumber(reader: Reader): number {
  const { bytes } = reader;
  let byte = bytes[reader.at++] ?? 0;
  if (byte < 128) return byte;
  let value = byte & 127;
  for (let shift = 7; ; shift += 7) {
    byte = bytes[reader.at++] ?? 0;
    value |= (byte & 127) << shift;
    if (byte < 128) return value;
  }
}

export function readText(reader: Reader): string {
  return reader.texts[readNumber(reader)] ?? "";
}

export function readOffset(reader: Reader): number {
  const step = readNumber(reader);
  reader.last += (step & 1) === 0 ? step / 2 : -(step + 1) / 2;
  return reader.last;
}

/** Passes over a section; what it gives is where the section begins, for a reader of its own. */
export function passSection(reader: Reader): number {
  const length = readNumber(reader);
  const start = reader.at;
  reader.at += length;
  return start;
}
