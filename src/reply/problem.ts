import type { Problem } from "../model/intervention.js";
import type { Block } from "../model/reply.js";
import { actions, preformatted, sections } from "./blocks.js";
import { pressButton } from "./buttons.js";
import { inlineMarkdown } from "./markdown-blocks.js";
import { severitySign } from "./severity.js";
import { inlineCode, link, oneLine, shorten } from "./text.js";

const lineLength = 600;

/** A problem in four lines: severity and title, place, what it costs, what to do. Long lines end in an ellipsis; `problemDetails` has them whole. */
export function problemLines(problem: Problem): string {
  return [
    `${severitySign(problem.severity)} · *${problem.id}.* ${line(problem.title)}`,
    placeLink(problem),
    `*Costs:* ${line(problem.consequence)}`,
    `*Fix:* ${line(problem.fix)}`,
  ].join("\n");
}

/** The problem with buttons to decide about it. */
export function problemWithDecision(problem: Problem, intervention: string): readonly Block[] {
  const decide = (verdict: "accepted" | "rejected" | "deferred") =>
    ({ kind: "decide", intervention, problem: problem.id, verdict, reach: "place" }) as const;
  return [
    ...sections(problemLines(problem)),
    ...actions([
      pressButton("Accept", decide("accepted")),
      pressButton("Reject…", decide("rejected")),
      pressButton("Later", decide("deferred")),
    ]),
  ];
}

/** Everything known about one problem: the quoted code, the whole consequence and fix, and the other places that make it true. */
export function problemDetails(problem: Problem): readonly Block[] {
  const evidence = problem.evidence.map(
    (step) => `• ${placeLink({ place: step, permalink: step.permalink })} ${inlineMarkdown(oneLine(step.note))}`,
  );
  return [
    ...sections(`${severitySign(problem.severity)} · *${problem.id}.* ${inlineMarkdown(oneLine(problem.title))}\n${placeLink(problem)}`),
    ...preformatted(problem.place.quote),
    ...sections(`*Costs:* ${inlineMarkdown(problem.consequence)}`),
    ...(evidence.length === 0 ? [] : sections(`*What makes it true:*\n${evidence.join("\n")}`)),
    ...sections(`*Fix:* ${inlineMarkdown(problem.fix)}`),
  ];
}

/** `path:line` or `path:10-14`, as a link to exactly these lines where the forge has one. */
export function placeLink(pointed: {
  readonly place: { readonly path: string; readonly line: number; readonly endLine?: number };
  readonly permalink: string | null;
}): string {
  const { path, line: first, endLine } = pointed.place;
  const lines = endLine === undefined || endLine === first ? `${first}` : `${first}-${endLine}`;
  const label = `${shorten(oneLine(path), 200)}:${lines}`;
  return pointed.permalink === null ? inlineCode(label) : link(pointed.permalink, label);
}

function line(text: string): string {
  return inlineMarkdown(shorten(oneLine(text), lineLength));
}
