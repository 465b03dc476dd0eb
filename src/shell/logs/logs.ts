import { pino } from "pino";
import { build as prettyStream } from "pino-pretty";
import type { Log } from "../../model/ports.js";

/** Fields that would carry people's words, code or keys: they are cut whatever a caller passes. */
const neverLogged = ["text", "payload", "code", "quote", "body", "token", "key", "authorization", "password", "secret"];
const redactedPaths = neverLogged.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);

/** Log lines on stderr: JSON for machines, one readable line each for a terminal. */
export function createLog(options: { readonly readable: boolean; readonly stream?: NodeJS.WritableStream }): Log {
  const stream = options.stream ?? process.stderr;
  const destination = options.readable
    ? prettyStream({ destination: stream, colorize: false, ignore: "pid,hostname", translateTime: "SYS:HH:MM:ss" })
    : stream;
  const logger = pino({ base: null, redact: { paths: redactedPaths, censor: "[not logged]" } }, destination);
  return {
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
  };
}
