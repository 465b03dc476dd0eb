import * as z from "zod";
import { failure, type Answer } from "../errors.js";
import type { Identifiers } from "../identifiers.js";
import type { AppSocket } from "../socket.js";
import type { State } from "../state.js";
import type { Triggers } from "../triggers.js";
import type { Caller, User } from "../types.js";
import { checkView, inputsIn, type Input } from "../view-shapes.js";
import type { Values, View, Views } from "../views.js";
import type { Call, Methods } from "./method.js";

export interface ViewInteractionsConfig {
  readonly state: State;
  readonly views: Views;
  readonly triggers: Triggers;
  readonly identifiers: Identifiers;
  readonly socket: AppSocket;
}

type PersonCall = Call<Extract<Caller, { kind: "user" }>>;

/** What the app may answer a submission with; nothing closes the modal. */
const response = z.discriminatedUnion("response_action", [
  z.object({ response_action: z.literal("errors"), errors: z.record(z.string(), z.string()) }),
  z.object({ response_action: z.literal("clear") }),
  z.object({ response_action: z.enum(["update", "push"]), view: z.unknown() }),
]);

const filled = z.record(z.string(), z.record(z.string(), z.string()));

async function submit(config: ViewInteractionsConfig, { caller, given }: PersonCall): Promise<Answer> {
  const view = config.views.topmost(caller.user.id, given.text("view_id") ?? "");
  if (view === null || view.submit === undefined) return failure("not_found");
  const said = given.structure("values");
  const values = filled.safeParse(said.kind === "given" ? said.value : {});
  if (!values.success) return failure("invalid_arguments");
  const missing = inputsIn(view.blocks).filter((one) => one.optional !== true && valueOf(one, values.data) === "");
  if (missing.length > 0)
    return { ok: true, errors: Object.fromEntries(missing.map(({ block_id }) => [block_id, "Please complete this field"])) };
  const state = { values: stateOf(view, values.data) };
  const payload = {
    ...{ type: "view_submission", ...identity(config, caller.user), trigger_id: config.triggers.issue(caller.user.id) },
    ...{ view: { ...view, state }, response_urls: [] },
  };
  const outcome = await config.socket.ask("interactive", payload);
  if (outcome.kind === "nobody_connected") return failure("dispatch_failed");
  if (outcome.kind === "timed_out") return failure("operation_timeout");
  return follow(config, caller.user.id, view, outcome.payload);
}

/** Does what the acknowledgement of a submission says. */
function follow({ views, identifiers }: ViewInteractionsConfig, user: string, view: View, acknowledged: unknown): Answer {
  const read = response.safeParse(acknowledged);
  if (!read.success) {
    views.close(user, view.clear_on_close);
    return { ok: true };
  }
  const { data } = read;
  if (data.response_action === "errors") return { ok: true, errors: data.errors };
  if (data.response_action === "clear") {
    views.close(user, true);
    return { ok: true };
  }
  const next = checkView(data.view, "modal", () => identifiers.secret().slice(0, 5));
  if (!next.ok) return next;
  const shown = data.response_action === "push" ? views.open(user, next.value, true) : views.update({ id: view.id }, next.value);
  return shown.ok ? { ok: true } : shown;
}

async function close(config: ViewInteractionsConfig, { caller, given }: PersonCall): Promise<Answer> {
  const view = config.views.topmost(caller.user.id, given.text("view_id") ?? "");
  if (view === null) return failure("not_found");
  config.views.close(caller.user.id, false);
  if (view.notify_on_close)
    await config.socket.ask("interactive", { type: "view_closed", ...identity(config, caller.user), view, is_cleared: false });
  return { ok: true };
}

function identity({ state }: ViewInteractionsConfig, user: User): Readonly<Record<string, unknown>> {
  return {
    team: { id: state.team.id, domain: state.team.domain },
    user: { id: user.id, username: user.name, name: user.name, team_id: state.team.id },
    ...{ api_app_id: state.team.appId, token: "workspace", is_enterprise_install: false, enterprise: null },
  };
}

function valueOf({ block_id, element }: Input, values: z.infer<typeof filled>): string {
  return (values[block_id]?.[element.action_id ?? ""] ?? "").trim();
}

/** What was filled in, in the shape each kind of input has in Slack's payloads. */
function stateOf(view: View, values: z.infer<typeof filled>): Values {
  return Object.fromEntries(
    inputsIn(view.blocks).map((one) => {
      const value = valueOf(one, values);
      const { element } = one;
      const chosen = element.type === "plain_text_input" ? null : element.options.find((candidate) => candidate.value === value);
      const content = chosen === null ? { value: value === "" ? null : value } : { selected_option: chosen ?? null };
      return [one.block_id, { [element.action_id ?? ""]: { type: element.type, ...content } }];
    }),
  );
}

/** What a person does with a modal. Slack's own web client uses these two names. */
export const viewInteractionMethods = (config: ViewInteractionsConfig): Methods => ({
  "views.submit": { callers: "people", tier: "unlimited", answer: (call) => submit(config, call) },
  "views.close": { callers: "people", tier: "unlimited", answer: (call) => close(config, call) },
});
