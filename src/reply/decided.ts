import type { Decision } from "../model/decision.js";
import { day, escape, inlineCode, link, oneLine, shorten } from "./text.js";

/** One line for a settled point: what it was about, and "decided on … by …: …". */
export function decidedLine(decision: Decision): string {
  const where = decision.scope.kind === "repository" ? "everywhere" : `in ${inlineCode(shorten(decision.anchor.path, 200))}`;
  const said = decision.permalink === null ? "" : ` (${link(decision.permalink, "said here")})`;
  const reason = decision.reason === "" ? "no reason given" : shorten(oneLine(decision.reason), 500);
  return `${inlineCode(shorten(decision.rule, 100))} ${where}: ${decision.verdict}, decided on ${day(decision.at)} by ${escape(shorten(oneLine(decision.byName), 100))}: ${escape(reason)}${said}`;
}
