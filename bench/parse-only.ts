import { setImmediate } from "node:timers/promises";

interface Engine {
  setLanguage(language: unknown): void;
  parse(text: string, oldTree: undefined, options: { bufferSize: number }): unknown;
}

/** Parses texts already in memory with the bare engine, on one thread; gives wall milliseconds. This is the floor any audit stands on. */
export async function createParseOnly(): Promise<(texts: readonly string[]) => Promise<number>> {
  const { default: Parser } = (await import("tree-sitter")) as unknown as { default: new () => Engine };
  const { default: elixir } = (await import("tree-sitter-elixir")) as unknown as { default: unknown };
  const parser = new Parser();
  parser.setLanguage(elixir);
  return async (texts) => {
    const started = performance.now();
    for (const [index, text] of texts.entries()) {
      parser.parse(text, undefined, { bufferSize: text.length + 1 });
      // Trees are freed only when the event loop turns; without this the garbage would be measured.
      if (index % 20 === 19) await setImmediate();
    }
    return performance.now() - started;
  };
}
