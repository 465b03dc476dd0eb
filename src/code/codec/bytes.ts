/** Gathers small whole numbers, most of which take one byte; texts become numbers in a table. */
export interface Writer {
  /** At least 0, below 2^31. */
  readonly number: (value: number) => void;
  readonly text: (value: string) => void;
  /** An offset near the last one written takes one byte. */
  readonly offset: (value: number) => void;
  /** Writes a part that can be passed over unread: its length first, and its offsets counted from the file's start. */
  readonly section: (write: () => void) => void;
  readonly bytes: () => Uint8Array;
  readonly texts: readonly string[];
}

/** Reads what a writer wrote, in the same order. */
export interface Reader {
  readonly number: () => number;
  readonly text: () => string;
  readonly offset: () => number;
  /** Passes over a section; what it gives reads the section later, as often as asked. */
  readonly section: () => Reader;
}

export function createWriter(): Writer {
  const texts: string[] = [];
  const places = new Map<string, number>();
  let buffer = new Uint8Array(4096);
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
  return {
    number,
    text: (value) => {
      const known = places.get(value);
      if (known === undefined) places.set(value, texts.push(value) - 1);
      number(known ?? texts.length - 1);
    },
    offset: (value) => {
      const step = value - last;
      last = value;
      number(step < 0 ? -step * 2 - 1 : step * 2);
    },
    section: (write) => {
      const start = length;
      const before = last;
      last = 0;
      write();
      const content = buffer.slice(start, length);
      length = start;
      last = before;
      number(content.length);
      if (length + content.length > buffer.length) buffer = grown(buffer, length + content.length);
      buffer.set(content, length);
      length += content.length;
    },
    bytes: () => buffer.slice(0, length),
    texts,
  };
}

function grown(buffer: Uint8Array<ArrayBuffer>, needed: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(buffer.length * 2, needed));
  larger.set(buffer);
  return larger;
}

/** `bytes` is checked by whoever stored it: a damaged one reads as damaged facts. */
export function createReader(bytes: Uint8Array, texts: readonly string[], from = 0): Reader {
  let at = from;
  let last = 0;
  const number = (): number => {
    let byte = bytes[at++] ?? 0;
    if (byte < 128) return byte;
    let value = byte & 127;
    for (let shift = 7; ; shift += 7) {
      byte = bytes[at++] ?? 0;
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  return {
    number,
    text: () => texts[number()] ?? "",
    offset: () => {
      const step = number();
      last += (step & 1) === 0 ? step / 2 : -(step + 1) / 2;
      return last;
    },
    section: () => {
      const length = number();
      const start = at;
      at += length;
      return createReader(bytes, texts, start);
    },
  };
}
