import type { ComposeSection, Matter } from "../matter.js";
import { omitted, said, slot } from "../matter.js";
import { describePatch } from "./patches.js";

/** Generated test files, how to run them, and what still has to be written because the code does not tell the expected answer. */
export const composeTests: ComposeSection = (matter) => {
  const files = matter.patches.filter((patch) => patch.kind === "test");
  const untested = matter.raised.filter(({ finding }) => finding?.trigger === "no_tests");
  const open = untested.filter(
    ({ problem }) => !files.some((patch) => problem.finding !== null && patch.findings.includes(problem.finding)),
  );
  if (files.length === 0 && open.length === 0)
    return omitted(matter.raised.length === 0 ? "No behaviour is changed." : "No test could be derived from the code alone.");
  return said(
    ...files.map((patch) => describePatch(patch, matter)),
    files.length === 0 ? "" : `Run \`mix test ${files.map((patch) => patch.path).join(" ")}\`.`,
    beyond(matter, files),
    open.length === 0
      ? ""
      : `To be written by someone who knows the expected answer:\n${open.map(({ problem }) => `- **${problem.id}** ${problem.title}`).join("\n")}`,
  );
};

/** Functions of the tested modules whose expected answer the code does not tell. */
function beyond(matter: Matter, files: Matter["patches"]): string {
  const written = files.map((patch) => patch.after).join("\n");
  const mended = new Set(files.flatMap((patch) => patch.findings));
  const names = matter.raised.flatMap(({ finding }) => {
    const module = finding === null || !mended.has(finding.fingerprint) ? null : slot(finding, "module");
    return [...matter.consultation.project.functions.values()]
      .filter((found) => found.module === module && !found.injected && found.facts.visibility === "public" && !found.facts.implements)
      .filter((found) => !written.includes(`.${found.facts.name}(`))
      .map((found) => `\`${found.facts.name}/${found.facts.arity}\``);
  });
  return names.length === 0 ? "" : `Not generated, because the code does not tell the expected answer: ${names.join(", ")}.`;
}
