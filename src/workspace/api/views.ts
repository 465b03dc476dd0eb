import { failure, missingField, type Answer, type Found } from "../errors.js";
import type { Identifiers } from "../identifiers.js";
import type { State } from "../state.js";
import type { Triggers } from "../triggers.js";
import { checkView, type GivenView } from "../view-shapes.js";
import type { Views } from "../views.js";
import type { Call, Method, Methods } from "./method.js";

export interface ViewsApiConfig {
  readonly state: State;
  readonly views: Views;
  readonly triggers: Triggers;
  readonly identifiers: Identifiers;
}

function givenView({ identifiers }: ViewsApiConfig, { given }: Call, type: GivenView["type"]): Found<GivenView> {
  const view = given.structure("view");
  if (view.kind === "absent") return missingField("view");
  if (view.kind !== "given") return failure("invalid_arguments", ["view is not valid JSON [json-pointer:/view]"]);
  return checkView(view.value, type, () => identifiers.secret().slice(0, 5));
}

function open(config: ViewsApiConfig, call: Call, onTop: boolean): Answer {
  const view = givenView(config, call, "modal");
  if (!view.ok) return view;
  const trigger = call.given.text("trigger_id");
  if (trigger === undefined) return missingField("trigger_id");
  const user = config.triggers.exchange(trigger);
  if (!user.ok) return user;
  return answered(config.views.open(user.value, view.value, onTop));
}

function update(config: ViewsApiConfig, call: Call): Answer {
  const id = call.given.text("view_id");
  const externalId = call.given.text("external_id");
  if (id === undefined && externalId === undefined) return missingField("view_id");
  const view = givenView(config, call, "modal");
  if (!view.ok) return view;
  return answered(
    config.views.update({ ...named("id", id), ...named("externalId", externalId), ...named("hash", call.given.text("hash")) }, view.value),
  );
}

function publish(config: ViewsApiConfig, call: Call): Answer {
  const user = config.state.user(call.given.text("user_id") ?? "");
  if (user === undefined || user.botId !== null) return failure("invalid_arguments", ["user_id names nobody [json-pointer:/user_id]"]);
  const view = givenView(config, call, "home");
  return view.ok ? answered(config.views.publish(user.id, view.value, call.given.text("hash"))) : view;
}

const named = <Name extends string>(name: Name, value: string | undefined) => (value === undefined ? {} : { [name]: value });
const answered = (shown: ReturnType<Views["open"]>): Answer => (shown.ok ? { ok: true, view: shown.value } : shown);

/** Only the app's bot shows views. */
const byBot = (answer: (call: Call) => Answer): Method => ({
  callers: "actors",
  tier: "four",
  answer: (call) => (call.caller.kind === "bot" ? answer(call) : failure("not_allowed_token_type")),
});

/** views.*: modals a person's trigger opens, and the app's home. */
export const viewMethods = (config: ViewsApiConfig): Methods => ({
  "views.open": byBot((call) => open(config, call, false)),
  "views.push": byBot((call) => open(config, call, true)),
  "views.update": byBot((call) => update(config, call)),
  "views.publish": byBot((call) => publish(config, call)),
});
