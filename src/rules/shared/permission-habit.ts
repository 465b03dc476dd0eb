import type { Location, Project } from "../../model/project.js";
import { effectsOf } from "../../project/effects-of.js";
import { handlersOf, type Handler } from "./handlers.js";
import { namesRequester, permissionCheck, type PermissionCheck } from "./permission.js";
import { perProject } from "./per-project.js";
import { recordsByRequest, type RecordByRequest } from "./request-records.js";

/** A handler that reaches stored records, and what it does about who is asking. */
export interface JudgedHandler extends Handler {
  readonly records: readonly RecordByRequest[];
  readonly check: PermissionCheck | null;
  /** It names who is asking, if not whether they may. */
  readonly knowsRequester: boolean;
  readonly writes: boolean;
  readonly at: Location;
}

/** Comparable handlers, and those of them that ask. */
export interface Habit {
  readonly comparable: number;
  readonly asking: readonly JudgedHandler[];
}

const fewestNear = 2;
const shareNear = 0.6;
const fewestOfFamily = 10;
const shareOfFamily = 0.7;
const shareKnowing = 0.75;

export const judgedHandlers = perProject((project): readonly JudgedHandler[] =>
  handlersOf(project).flatMap((handler) => {
    const { id, path, facts } = handler.function;
    const effects = effectsOf(project, id);
    if (!effects.has("query") && !effects.has("write")) return [];
    const knowsRequester = facts.clauses.some(({ parameters, body }) =>
      [...parameters, body].some((code) => code !== null && namesRequester(code)),
    );
    const judged = { records: recordsByRequest(handler.function, project), check: permissionCheck(id, project), knowsRequester };
    const writes = effects.has("write");
    return [{ ...handler, ...judged, writes, at: { path, span: facts.nameSpan } }];
  }),
);

/** How handlers like this one ask whether somebody may: those of the same lookup, of the same module, of the same family; null without a habit. */
export function habitAround(handler: JudgedHandler, record: RecordByRequest, project: Project): Habit | null {
  const peers = judgedHandlers(project).filter((other) => other !== handler && other.family === handler.family && sameWay(handler, other));
  const near = peers.filter(({ records }) => records.length > 0);
  const sameLookup = near.filter(({ records }) => records.some(({ loader }) => loader === record.loader));
  const sameModule = near.filter((other) => other.function.module === handler.function.module);
  for (const group of [sameLookup, sameModule]) {
    const asking = group.filter(({ check }) => check !== null);
    // Where only changes ask, what strangers may read is a matter of the product.
    const tells = handler.writes || asking.some(({ writes }) => !writes);
    if (tells && asking.length >= fewestNear && asking.length / group.length >= shareNear) return { comparable: group.length, asking };
  }
  return handler.route === null && peers.length >= fewestOfFamily ? habitOfFamily(handler, peers) : null;
}

/** In a family without routes of their own everybody stands behind the same door, so that the whole family tells what is usual. */
function habitOfFamily(handler: JudgedHandler, peers: readonly JudgedHandler[]): Habit | null {
  const asking = peers.filter(({ check }) => check !== null);
  if (asking.length / peers.length >= shareOfFamily) return { comparable: peers.length, asking };
  const knowing = peers.filter(({ check, knowsRequester }) => check !== null || knowsRequester);
  if (handler.knowsRequester || knowing.length / peers.length < shareKnowing) return null;
  return { comparable: peers.length, asking: [...asking, ...knowing.filter(({ check }) => check === null)] };
}

/** The same plugs on the way: what one of them lets in, the other does too. */
function sameWay(one: Handler, other: Handler): boolean {
  return plugsOf(one) === plugsOf(other);
}

function plugsOf({ route }: Handler): string {
  return route === null ? "" : route.plugs.map(({ name }) => name).join(" ");
}
