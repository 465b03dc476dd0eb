import type { Keyword } from "../../model/expression.js";
import type { Facts } from "../../model/facts.js";
import { collect } from "../../model/walk.js";
import { atomOf } from "../../project/values.js";
import type { ProposeChange } from "../define.js";
import { editOf } from "../edit.js";
import { indentationAt } from "../find-code.js";

/** `verify: :verify_none` becomes `:verify_peer`, with the authorities the operating system trusts where none are named. Not in files read when the program is built. */
export const verifyPeer: ProposeChange = (finding, input) => {
  const { project, textOf } = input.analysis;
  const facts = project.files.get(finding.place.path);
  const text = textOf(finding.place.path);
  const { start } = finding.location.span;
  if (facts === undefined || text === null || /(^|\/)config\/(?!runtime)/.test(facts.path)) return null;
  const holder = keywordsIn(facts).find(({ entries }) => entries.some(({ keySpan }) => keySpan.start === start));
  const entry = holder?.entries.find(({ keySpan }) => keySpan.start === start);
  if (holder === undefined || entry?.key !== "verify" || atomOf(entry.value) !== "verify_none") return null;
  const isTold = holder.entries.some(({ key }) => /^cacert(s|file)$/.test(key));
  const authorities = "cacerts: :public_key.cacerts_get()";
  const line = text.slice(text.lastIndexOf("\n", start - 1) + 1, text.indexOf("\n", start));
  const isOwnLine = line.trimStart().startsWith("verify:") && holder.entries.length > 1;
  const separator = isOwnLine ? `,\n${indentationAt(text, start)}` : ", ";
  return editOf(finding, input, "Check the certificate of the other side", [
    { span: entry.value.span, text: isTold ? ":verify_peer" : `:verify_peer${separator}${authorities}` },
  ]);
};

function keywordsIn(facts: Facts): Keyword[] {
  const bodies = facts.modules.flatMap((module) => [
    ...module.functions.flatMap(({ clauses }) => clauses.flatMap(({ body }) => body ?? [])),
    ...module.attributes.flatMap(({ value }) => value ?? []),
    ...module.body,
  ]);
  return [...facts.topLevel, ...bodies].flatMap((part) => collect(part, "keyword"));
}
