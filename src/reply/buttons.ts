import { sectionNames } from "../model/intervention.js";
import type { Option, SectionName } from "../model/intervention.js";
import type { Verdict } from "../model/decision.js";
import { decisionReaches } from "../model/request.js";
import type { DecisionReach } from "../model/request.js";
import { button } from "./blocks.js";
import type { Button } from "./blocks.js";

/** What a button of Guard's asks for. `intervention` is the id of the stored answer it stands under. */
export type Press = { readonly intervention: string } & (
  | { readonly kind: "all_problems" }
  | { readonly kind: "section"; readonly section: SectionName }
  | { readonly kind: "proceed"; readonly option: Option["name"] }
  | { readonly kind: "decide"; readonly problem: string; readonly verdict: Verdict; readonly reach: DecisionReach }
);

const verdicts: readonly Verdict[] = ["accepted", "rejected", "deferred"];
const options: readonly Option["name"][] = ["minimal", "recommended", "complete"];

/** What the button under a progress message does; its value is the request's id. */
export const stopAction = "guard:stop";

export function stopButton(request: string): Button {
  return button("Stop", stopAction, request);
}

/** A button that says `label` and, when pressed, is read back by `readPress`. */
export function pressButton(label: string, press: Press, style?: "primary" | "danger"): Button {
  return button(label, `guard:${actionOf(press)}`, press.intervention, style);
}

function actionOf(press: Press): string {
  switch (press.kind) {
    case "all_problems":
      return "all_problems";
    case "section":
      return `section:${press.section}`;
    case "proceed":
      return `proceed:${press.option}`;
    case "decide":
      return `decide:${press.verdict}:${press.problem}${press.reach === "place" ? "" : `:${press.reach}`}`;
  }
}

/** Reads a pressed button back; null for one Guard does not know (an old message, another version). */
export function readPress(action: string, intervention: string): Press | null {
  const [guard, kind, detail, problem, far] = action.split(":");
  if (guard !== "guard") return null;
  if (kind === "all_problems") return { kind, intervention };
  const section = sectionNames.find((name) => name === detail);
  if (kind === "section" && section !== undefined) return { kind, section, intervention };
  const option = options.find((name) => name === detail);
  if (kind === "proceed" && option !== undefined) return { kind, option, intervention };
  const verdict = verdicts.find((name) => name === detail);
  const reach = decisionReaches.find((name) => name === (far ?? "place"));
  if (kind === "decide" && verdict !== undefined && problem !== undefined && reach !== undefined)
    return { kind, verdict, problem, reach, intervention };
  return null;
}
