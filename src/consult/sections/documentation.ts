import type { ComposeSection } from "../matter.js";
import { claudeAdds, mendedBy, omitted, problemNumbers, said } from "../matter.js";
import { codeBlock } from "./fence.js";

/** The commit message that explains the change to whoever reads the history. */
export const composeDocumentation: ComposeSection = (matter) => {
  const added = claudeAdds(matter, "documentation");
  if (matter.patches.length === 0) return added === "" ? omitted("No patch is proposed that would have to be explained.") : said(added);
  return said("A commit message for the change, so that the reason stays with the code:", codeBlock("text", commitMessage(matter)), added);
};

function commitMessage(matter: Parameters<ComposeSection>[0]): string {
  const paths = [...new Set(matter.consultation.sources.map((source) => source.path))];
  const mended = [...new Set(matter.patches.flatMap((patch) => mendedBy(patch, matter.raised)))];
  const subject = `Fix ${mended.length === 0 ? "what the review found" : problemNumbers(mended)} in ${paths.length === 1 ? paths[0] : `${paths.length} files`}`;
  const lines = matter.patches.map((patch) => `- ${patch.title}`);
  const reasons = mended.map(
    (problem) => `${problem.id}. ${problem.title.replaceAll("`", "")} (${problem.place.path}:${problem.place.line})`,
  );
  return [subject, "", ...lines, ...(reasons.length === 0 ? [] : ["", "Because:", ...reasons])].join("\n");
}
