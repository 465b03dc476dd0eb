// Generated from the rules on disk by `npm run generate`; do not edit.
import type { Rule } from "./define.js";

/** Every rule of Guard, in the order of their files. */
export const rules: readonly Rule[] = [
];
