import { setImmediate } from "node:timers/promises";
import type { Clock } from "../model/ports.js";

/** The wall clock, in milliseconds since 1970. */
export const now: Clock = () => Date.now();

/** Lets timers, sockets and the garbage collector have their turn in the middle of long work. */
export const nextTurn = async (): Promise<void> => setImmediate();
