import type { Patch } from "../../model/patch.js";
import type { ComposeSection } from "../matter.js";
import { claudeAdds, omitted, said } from "../matter.js";

/** The order in which the proposed changes go out, when there are any. */
export const composeDeployment: ComposeSection = (matter) => {
  const added = claudeAdds(matter, "deployment");
  const shipped = matter.patches.filter((patch) => patch.kind !== "test");
  if (shipped.length === 0) return added === "" ? omitted("There is no patch to deploy.") : said(added);
  const migrations = shipped.filter((patch) => patch.kind === "migration");
  const tests = matter.patches.filter((patch) => patch.kind === "test");
  const variables = newVariables(shipped);
  const steps = [
    variables.length === 0
      ? ""
      : `Set ${variables.map((name) => `\`${name}\``).join(", ")} in every environment first; the release does not start without ${variables.length === 1 ? "it" : "them"}. Issue new values: the old ones are in the repository's history.`,
    `Run \`mix format --check-formatted\`, \`mix compile --warnings-as-errors\` and \`mix test${tests.length === 0 ? "" : ` (the new tests included)`}\`; Guard ran none of them.`,
    migrations.length === 0
      ? ""
      : "Run `mix ecto.migrate` before the new code starts: the old code works with the new structure, and the index builds while the table stays writable.",
    shipped.some((patch) => patch.kind === "implementation") ? "Release the code." : "",
  ].filter((step) => step !== "");
  return said(steps.map((step, index) => `${index + 1}. ${step}`).join("\n"), added);
};

/** Environment variables a patch starts to read. */
function newVariables(patches: readonly Patch[]): string[] {
  const read = (text: string) => [...text.matchAll(/System\.fetch_env!\("([A-Z0-9_]+)"\)/g)].map((found) => found[1] ?? "");
  const found = patches.flatMap((patch) => {
    const before = new Set(read(patch.before ?? ""));
    return read(patch.after).filter((name) => !before.has(name));
  });
  return [...new Set(found)].sort();
}
