import type { ComposeSection, Raised } from "../matter.js";
import { mendedBy, omitted, said } from "../matter.js";
import { codeBlock } from "./fence.js";
import { describePatch } from "./patches.js";

/** The code changes: proved patches first, then what is to be written by hand, then what Claude proposes unproved. */
export const composeImplementation: ComposeSection = (matter) => {
  if (matter.raised.length === 0) return omitted("There is nothing to change.");
  const patches = matter.patches.filter((patch) => patch.kind === "implementation");
  const mended = new Set(matter.patches.flatMap((patch) => mendedBy(patch, matter.raised)));
  const byHand = matter.raised.filter(({ problem }) => !mended.has(problem));
  if (patches.length === 0 && byHand.length === 0) return omitted("The whole change is in the migrations and tests.");
  return said(
    ...patches.map((patch) => describePatch(patch, matter)),
    byHand.length === 0 ? "" : `By hand, because the right change depends on what you want:\n${byHand.map(handwork).join("\n")}`,
    ...byHand.flatMap(proposal),
  );
};

function handwork({ problem }: Raised): string {
  return `- **${problem.id}** \`${problem.place.path}:${problem.place.line}\`: ${problem.fix}`;
}

function proposal({ problem, replacement }: Raised): string[] {
  if (replacement === null || replacement.trim() === "") return [];
  return [`Claude's replacement for problem ${problem.id}, not proved by Guard:`, codeBlock("elixir", replacement)];
}
