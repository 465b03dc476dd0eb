import type { Expression } from "../../model/expression.js";
import type { Span } from "../../model/span.js";
import { collect, walk } from "../../model/walk.js";
import { sigilText } from "../../project/values.js";

/** A policy that lets scripts run which it is there to stop: the text that says so, its directive and the source that does it. */
export interface ScriptPolicy {
  readonly span: Span;
  readonly directive: string;
  readonly source: string;
}

/** What stands for a value that is known only when it runs. */
const blank = "\u0000";

/** The unsafe script policies under an expression: as text (`"script-src 'self' …"`), or as a list under a key (`script_src: […]`). */
export function policiesIn(root: Expression): ScriptPolicy[] {
  const found: ScriptPolicy[] = [];
  const judge = (text: string, span: Span, name?: string): void => {
    const policy = unsafeIn(text, name);
    if (policy !== null) found.push({ span, ...policy });
  };
  walk(root, (expression) => {
    const text = textOf(expression);
    if (text !== null) {
      judge(text, expression.span);
      return false;
    }
    if (expression.kind === "keyword")
      for (const { key, value } of expression.entries)
        if (isDirective(key)) judge(sourcesUnder(value), value.span, key.replaceAll("_", "-"));
    if (expression.kind === "map")
      for (const { key, value } of expression.entries)
        if (key.kind === "literal" && isDirective(key.value)) judge(sourcesUnder(value), value.span, key.value.replaceAll("_", "-"));
    return;
  });
  return found;
}

function isDirective(key: string): boolean {
  return /^script[-_]src([-_]elem)?$/.test(key);
}

/** The text of a string, of strings joined by `<>`, and of a sigil; what is put in is blank. */
function textOf(expression: Expression): string | null {
  if (expression.kind === "literal")
    return expression.type === "string" ? expression.value : expression.type === "sigil" ? sigilText(expression.value) : null;
  if (expression.kind === "interpolation") return expression.parts.map((part) => textOf(part) ?? blank).join("");
  if (expression.kind === "operator" && expression.operator === "<>")
    return expression.operands.map((part) => textOf(part) ?? blank).join("");
  return null;
}

function sourcesUnder(value: Expression): string {
  const unknown = value.kind === "list" || value.kind === "literal" ? "" : ` ${blank}`;
  return collect(value, "literal")
    .map(({ value: text }) => text)
    .join(" ")
    .concat(unknown);
}

/** The source that makes a policy's script directive worthless; a nonce, hash or unknown part beside it makes it whole. */
function unsafeIn(text: string, name?: string): Omit<ScriptPolicy, "span"> | null {
  const directives = name === undefined ? text.split(";").map((part) => part.trim()) : [`${name} ${text}`];
  const about = (pattern: RegExp): string | undefined => directives.find((directive) => pattern.test(directive));
  const ruling = about(/^script-src(-elem)?\s/) ?? (about(/^[a-z-]+-src\s/) === undefined ? undefined : about(/^default-src\s/));
  if (ruling === undefined || /'nonce-|'sha(256|384|512)-|'strict-dynamic'/.test(ruling) || ruling.includes(blank)) return null;
  const [directive = "", ...sources] = ruling.split(/\s+/);
  const source =
    sources.find((candidate) => candidate === "'unsafe-inline'") ?? sources.find((candidate) => /^(\*|https?:|data:)$/.test(candidate));
  return source === undefined ? null : { directive, source };
}
