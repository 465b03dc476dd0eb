import type { BodyOutline, CallDetails, Outline, OutlinedCall } from "../../model/outline.js";
import { passSection, type Reader } from "./bytes.js";
import { literal } from "./expressions.js";
import type { Shape } from "./shapes.js";
import { count, flag, list, nullable, offset, oneOf, readAt, record, span, text } from "./shapes.js";

const details = record<CallDetails>({
  receiver: nullable(record({ kind: oneOf(["variable", "attribute", "call", "other"]), name: text })),
  delayed: list(span),
  applied: nullable(record({ module: text, function: text, arity: count })),
  template: nullable(record({ literal, view: nullable(text) })),
  started: nullable(text),
});

const calls = list(
  record<OutlinedCall>({
    kind: oneOf(["call", "capture"]),
    module: nullable(text),
    function: text,
    arity: count,
    span,
    start: offset,
    block: flag,
    details: nullable(details),
  }),
);

type Names = Omit<Outline, "calls">;

const names = {
  modules: list(record({ name: text, span })),
  structs: list(text),
  strings: list(text),
  comprehension: flag,
  hasBody: flag,
};

export const outline: Shape<Outline> = record<Outline>({ calls, ...names });

const namesAlone = record<Names>(names);

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

  get hasBody(): boolean {
    return this.#read().hasBody;
  }
}
