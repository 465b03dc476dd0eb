import type { ProposeChange } from "../define.js";
import { compareSecurely } from "./compare-securely.js";
import { randomSecret } from "./random-secret.js";

/** A secret is drawn so that nobody can guess it, and compared so that nobody can feel for it. */
export const keepUnguessable: ProposeChange = (finding, input) => randomSecret(finding, input) ?? compareSecurely(finding, input);
