import type { BodyOutline, CallDetails, Outline, OutlinedCall } from "../../model/outline.js";
import { passSection, readNumber, readOffset, readText, type Reader } from "./bytes.js";
import { literal } from "./expressions.js";
import type { Shape } from "./shapes.js";
import { count, flag, list, nullable, oneOf, readAt, record, span, text } from "./shapes.js";

const details = record<CallDetails>({
  receiver: nullable(record({ kind: oneOf(["variable", "attribute", "call", "other"]), name: text })),
  delayed: list(span),
  applied: nullable(record({ module: text, function: text, arity: count })),
  template: nullable(record({ literal, view: nullable(text) })),
  started: nullable(text),
});

const call: Shape<OutlinedCall> = {
  write: (value, writer) => {
    writer.number(
      (value.kind === "capture" ? 1 : 0) | (value.block ? 2 : 0) | (value.details === null ? 0 : 4) | (value.module === null ? 0 : 8),
    );
    if (value.module !== null) writer.text(value.module);
    writer.text(value.function);
    writer.number(value.arity);
    span.write(value.span, writer);
    writer.offset(value.start);
    if (value.details !== null) details.write(value.details, writer);
  },
  // Written out, because an audit reads tens of thousands of them.
  read: (reader) => {
    const flags = readNumber(reader);
    const module = (flags & 8) === 0 ? null : readText(reader);
    const name = readText(reader);
    const arity = readNumber(reader);
    const start = readOffset(reader);
    const end = start + readNumber(reader);
    const from = readOffset(reader);
    const told = (flags & 4) === 0 ? null : details.read(reader);
    return {
      kind: (flags & 1) === 0 ? "call" : "capture",
      module,
      function: name,
      arity,
      span: { start, end },
      start: from,
      block: (flags & 2) !== 0,
      details: told,
    };
  },
};
const calls = list(call);

type Names = Omit<Outline, "calls">;

const names = {
  modules: list(record({ name: text, span })),
  structs: list(text),
  strings: list(text),
  comprehension: flag,
  attempt: flag,
  interpolation: flag,
  hasBody: flag,
};

const namesAlone = record<Names>(names);

/** Read into a literal, which has room for its fields, because every clause of every function has one. */
export const outline: Shape<Outline> = {
  write: (value, writer) => {
    calls.write(value.calls, writer);
    namesAlone.write(value, writer);
  },
  read: (reader) => ({
    calls: calls.read(reader),
    modules: names.modules.read(reader),
    structs: names.structs.read(reader),
    strings: names.strings.read(reader),
    comprehension: names.comprehension.read(reader),
    attempt: names.attempt.read(reader),
    interpolation: names.interpolation.read(reader),
    hasBody: names.hasBody.read(reader),
  }),
};

/** The outline of a module's body: its distinct calls at once, the rest when it is asked for. */
export const bodyOutline: Shape<BodyOutline> = {
  write: (value, writer) => {
    calls.write(value.distinct, writer);
    writer.section(() => namesAlone.write(value, writer));
    writer.section(() => calls.write(value.calls, writer));
  },
  read: (reader) => new RememberedBody(reader),
};

/** A class because its getters are then shared. */
class RememberedBody implements BodyOutline {
  readonly distinct: BodyOutline["distinct"];
  readonly #reader: Reader;
  readonly #namesSection: number;
  #names: Names | null = null;
  readonly #callsSection: number;
  #calls: Outline["calls"] | null = null;

  constructor(reader: Reader) {
    this.distinct = calls.read(reader);
    this.#reader = reader;
    this.#namesSection = passSection(reader);
    this.#callsSection = passSection(reader);
  }

  #read(): Names {
    return (this.#names ??= readAt(this.#reader, this.#namesSection, namesAlone));
  }

  get calls(): Outline["calls"] {
    return (this.#calls ??= readAt(this.#reader, this.#callsSection, calls));
  }

  get modules(): Outline["modules"] {
    return this.#read().modules;
  }

  get structs(): Outline["structs"] {
    return this.#read().structs;
  }

  get strings(): Outline["strings"] {
    return this.#read().strings;
  }

  get comprehension(): boolean {
    return this.#read().comprehension;
  }

  get attempt(): boolean {
    return this.#read().attempt;
  }

  get interpolation(): boolean {
    return this.#read().interpolation;
  }

  get hasBody(): boolean {
    return this.#read().hasBody;
  }
}
