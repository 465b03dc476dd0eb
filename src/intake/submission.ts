import * as z from "zod";
import { Rejected, rejection } from "../model/rejection.js";
import { decisionReaches } from "../model/request.js";
import { ignored } from "./incoming.js";
import type { Intake } from "./incoming.js";

const Submission = z.object({
  type: z.literal("view_submission"),
  team: z.object({ id: z.string() }).nullable(),
  user: z.object({ id: z.string(), team_id: z.string().nullish() }),
  view: z.object({
    id: z.string(),
    callback_id: z.string(),
    private_metadata: z.string(),
    state: z.object({ values: z.record(z.string(), z.record(z.string(), z.unknown())) }),
  }),
});

const written = z.object({ value: z.string().nullish() });
const chosen = z.object({ selected_option: z.object({ value: z.enum(decisionReaches) }).nullish() });

/** Reads a filled-in dialog as the press of a button with words; null when the payload is none. */
export function readSubmission(payload: unknown): Intake | null {
  const submitted = Submission.safeParse(payload);
  if (!submitted.success) return null;
  const { team, user, view } = submitted.data;
  const about = readAbout(view.private_metadata);
  if (view.callback_id !== rejection.callback || team === null || about === null) return ignored("unsupported_subtype");
  const { values } = view.state;
  const reach = chosen.safeParse(onlyField(values[rejection.reach])).data?.selected_option?.value ?? "place";
  const { channel, thread, message, intervention, problem } = about;
  return {
    kind: "incoming",
    incoming: {
      asker: { team: team.id, channel, user: user.id, ts: view.id, thread },
      door: "button",
      direct: channel.startsWith("D"),
      external: (user.team_id ?? team.id) !== team.id,
      threaded: true,
      startsWithOther: false,
      words: (written.safeParse(onlyField(values[rejection.reason])).data?.value ?? "").trim(),
      files: [],
      button: { action: `guard:decide:rejected:${problem}:${reach}`, value: intervention, message },
      trigger: null,
      responseUrl: null,
    },
  };
}

function readAbout(text: string): Rejected | null {
  try {
    const read = Rejected.safeParse(JSON.parse(text));
    return read.success ? read.data : null;
  } catch {
    return null;
  }
}

function onlyField(block: Readonly<Record<string, unknown>> | undefined): unknown {
  return block === undefined ? undefined : Object.values(block)[0];
}
