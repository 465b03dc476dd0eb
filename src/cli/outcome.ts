/** How a command ended: what stdout gets, the one sentence stderr gets, and the exit code (0 ran, 1 findings, 2 could not run). */
export interface Outcome {
  readonly exitCode: 0 | 1 | 2;
  readonly output: string;
  readonly sentences: readonly string[];
}

/** The command ran; `output` goes to stdout alone. */
export function ran(output: string, exitCode: 0 | 1 = 0): Outcome {
  return { exitCode, output, sentences: [] };
}

/** The command could not run; each sentence names the thing, the reason and the remedy. */
export function couldNot(...sentences: readonly string[]): Outcome {
  return { exitCode: 2, output: "", sentences };
}

/** One JSON object for machines, indented for the people who look at it anyway. */
export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
