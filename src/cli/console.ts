import colours from "picocolors";
import type { Progress, ReportProgress } from "../model/ports.js";
import type { Outcome } from "./outcome.js";

/** The terminal a command talks to; in a pipe it is plain, unpainted text. */
export interface Console {
  readonly colour: boolean;
  readonly width: number;
  readonly report: ReportProgress;
  readonly warn: (sentence: string) => void;
  /** Aborted by Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
  readonly stop: () => void;
}

const widest = 110;
const stepWords: Readonly<Record<Progress["step"], string>> = {
  fetch: "Fetching",
  list: "Listing files",
  read: "Reading files",
  parse: "Reading code",
  join: "Joining the project",
  rules: "Running detectors",
  consult: "Asking Claude",
  compose: "Writing",
};

interface Spinner {
  readonly show: (text: string) => void;
  readonly clear: () => void;
  readonly stop: () => void;
}

const noSpinner: Spinner = { show: () => undefined, clear: () => undefined, stop: () => undefined };

/** Progress goes to stderr and only to a terminal; stdout is left to the result. */
export function createConsole(): Console {
  const spinner = process.stderr.isTTY ? createSpinner() : noSpinner;
  return {
    colour: colours.isColorSupported && (process.stdout.isTTY || process.env["FORCE_COLOR"] !== undefined),
    width: Math.min(process.stdout.isTTY ? process.stdout.columns : widest, widest),
    signal: signalOfInterrupts(),
    report: ({ step, done, total }) => {
      const amount = total === null || total === 0 ? "" : ` ${done}/${total}`;
      spinner.show(`${stepWords[step]}${amount}`);
    },
    warn: (sentence) => {
      spinner.clear();
      process.stderr.write(`guard: ${sentence}\n`);
    },
    stop: spinner.stop,
  };
}

/** The library is loaded when there is something to show: in a pipe, where nothing is shown, it would be a tenth of a short run. */
function createSpinner(): Spinner {
  let stopped = false;
  let latest = "";
  let loading: Promise<void> | null = null;
  let spinner: Spinner = noSpinner;
  const load = async (): Promise<void> => {
    const { default: ora } = await import("ora");
    const loaded = ora({ stream: process.stderr, discardStdin: false });
    spinner = { show: (text) => void loaded.start(text), clear: () => void loaded.clear(), stop: () => void loaded.stop() };
    if (!stopped) spinner.show(latest);
  };
  return {
    show: (text) => {
      latest = text;
      loading ??= load();
      spinner.show(text);
    },
    clear: () => spinner.clear(),
    stop: () => {
      stopped = true;
      spinner.stop();
    },
  };
}

/** The first Ctrl-C asks the work to stop at its next turn; the second one ends the process. */
function signalOfInterrupts(): AbortSignal {
  const controller = new AbortController();
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  return controller.signal;
}

/** Writes an outcome and sets the exit code; resolves when everything is flushed, so that nothing is half written. */
export async function deliver({ exitCode, output, sentences }: Outcome): Promise<void> {
  process.exitCode = exitCode;
  for (const sentence of sentences) process.stderr.write(`guard: ${sentence}\n`);
  if (output === "") return;
  // A reader that has seen enough (`| head`) closes the pipe: that is no failure of ours.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
  await new Promise<void>((resolve) => process.stdout.write(output, () => resolve()));
}
