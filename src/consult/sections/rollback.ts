import type { ComposeSection } from "../matter.js";
import { claudeAdds, omitted, said } from "../matter.js";

/** The exact way back, when something is proposed that could have to be taken back. */
export const composeRollback: ComposeSection = (matter) => {
  const added = claudeAdds(matter, "rollback");
  if (matter.patches.length === 0) return added === "" ? omitted("There is no patch to take back.") : said(added);
  const versions = matter.patches
    .flatMap((patch) => (patch.kind === "migration" ? [versionOf(patch.path)] : []))
    .filter((version) => version !== null);
  const earliest = [...versions].sort()[0];
  const steps = [
    "`git revert --no-edit COMMIT`, with the commit that brought the change, and release again.",
    earliest === undefined
      ? ""
      : `Only if the new structure itself is the trouble: \`mix ecto.rollback --to ${earliest}\`, which undoes migration ${earliest} and everything after it. The old code runs with and without it, so the order does not matter.`,
  ].filter((step) => step !== "");
  return said(
    steps.map((step, index) => `${index + 1}. ${step}`).join("\n"),
    earliest === undefined ? "No data is changed by it, so nothing else has to be restored." : "",
    added,
  );
};

function versionOf(path: string): string | null {
  return /(?:^|\/)(\d{14})_[^/]+\.exs$/.exec(path)?.[1] ?? null;
}
