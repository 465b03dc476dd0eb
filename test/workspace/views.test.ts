import type { App } from "@slack/bolt";
import { expect, onTestFinished, test } from "vitest";
import { connectApp, createInbox, type ConnectedApp } from "./connected-app.js";

const plain = (text: string) => ({ type: "plain_text", text });
const question = {
  type: "modal",
  callback_id: "ask",
  private_metadata: "problem 2",
  title: plain("Why?"),
  submit: plain("Send"),
  blocks: [
    {
      type: "input",
      block_id: "reason",
      label: plain("Reason"),
      element: { type: "plain_text_input", action_id: "text", multiline: true },
    },
    {
      type: "input",
      block_id: "reach",
      optional: true,
      label: plain("Where"),
      element: {
        type: "radio_buttons",
        action_id: "choice",
        options: [
          { text: plain("Here"), value: "here" },
          { text: plain("All"), value: "all" },
        ],
      },
    },
  ],
};

let now = 1_790_000_000_000;

/** An app that remembers triggers and what is submitted; `answer` is what it acknowledges a submission with. */
async function asking(
  answer?: Readonly<Record<string, unknown>>,
): Promise<{ app: ConnectedApp; trigger: () => Promise<string>; submitted: ReturnType<typeof createInbox<Record<string, unknown>>> }> {
  const triggers = createInbox<string>();
  const submitted = createInbox<Record<string, unknown>>();
  const prepare = (bolt: App): void => {
    bolt.command("/guard", async ({ command, ack }) => {
      await ack();
      triggers.add(command.trigger_id);
    });
    bolt.view(/.*/, async ({ body, ack }) => {
      submitted.add(body as unknown as Record<string, unknown>);
      await (answer === undefined ? ack() : ack(answer as never));
    });
  };
  const app = await connectApp(prepare, { clock: () => now });
  onTestFinished(app.stop);
  let asked = 0;
  const trigger = async (): Promise<string> => {
    await app.as("ana").apiCall("chat.command", { channel: await app.channel("backend"), command: "/guard", text: "" });
    asked += 1;
    return (await triggers.take(asked)).at(-1) ?? "";
  };
  return { app, trigger, submitted };
}

const call = async (app: ConnectedApp, method: string, fields: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>> => ({
  ...(await app.bot.apiCall(method, fields).catch((error: unknown) => (error as { data: Record<string, unknown> }).data)),
});

const idOf = (answer: Readonly<Record<string, unknown>>): string => (answer["view"] as { id: string }).id;

test("a trigger opens one modal, once, within three seconds", async () => {
  const { app, trigger } = await asking();
  const first = await trigger();
  expect(await call(app, "views.open", { trigger_id: first, view: question })).toMatchObject({
    ok: true,
    view: { type: "modal", callback_id: "ask" },
  });
  expect(await call(app, "views.open", { trigger_id: first, view: question })).toMatchObject({ error: "exchanged_trigger_id" });
  expect(await call(app, "views.open", { trigger_id: "12345.98765.abcd", view: question })).toMatchObject({ error: "invalid_trigger_id" });
  const late = await trigger();
  now += 3_001;
  expect(await call(app, "views.open", { trigger_id: late, view: question })).toMatchObject({ error: "expired_trigger_id" });
});

test("what is filled in reaches the app in Slack's shape, and the modal closes", async () => {
  const { app, trigger, submitted } = await asking();
  const view = idOf(await call(app, "views.open", { trigger_id: await trigger(), view: question }));
  const values = { reason: { text: "ten rows" }, reach: { choice: "all" } };
  expect(await app.as("ana").apiCall("views.submit", { view_id: view, values: JSON.stringify(values) })).toMatchObject({ ok: true });
  const [payload] = await submitted.take(1);
  expect(payload).toMatchObject({
    type: "view_submission",
    user: { name: "ana" },
    view: { private_metadata: "problem 2", callback_id: "ask" },
  });
  expect(payload).toHaveProperty("view.state.values", {
    reason: { text: { type: "plain_text_input", value: "ten rows" } },
    reach: { choice: { type: "radio_buttons", selected_option: { text: plain("All"), value: "all" } } },
  });
  await expect(app.as("ana").apiCall("views.submit", { view_id: view, values: "{}" })).rejects.toMatchObject({
    data: { error: "not_found" },
  });
});

test("a required field left empty never reaches the app", async () => {
  const { app, trigger } = await asking();
  const view = idOf(await call(app, "views.open", { trigger_id: await trigger(), view: question }));
  expect(await app.as("ana").apiCall("views.submit", { view_id: view, values: "{}" })).toMatchObject({
    errors: { reason: "Please complete this field" },
  });
});

test("errors the app answers with keep the modal open", async () => {
  const { app, trigger } = await asking({ response_action: "errors", errors: { reason: "Say more" } });
  const view = idOf(await call(app, "views.open", { trigger_id: await trigger(), view: question }));
  const submit = () => app.as("ana").apiCall("views.submit", { view_id: view, values: JSON.stringify({ reason: { text: "no" } }) });
  expect(await submit()).toMatchObject({ errors: { reason: "Say more" } });
  expect(await submit()).toMatchObject({ errors: { reason: "Say more" } });
});

test("somebody else's modal cannot be sent off", async () => {
  const { app, trigger } = await asking();
  const view = idOf(await call(app, "views.open", { trigger_id: await trigger(), view: question }));
  await expect(app.as("ben").apiCall("views.submit", { view_id: view, values: "{}" })).rejects.toMatchObject({
    data: { error: "not_found" },
  });
});

test("modals lie on each other three deep", async () => {
  const { app, trigger } = await asking();
  await call(app, "views.open", { trigger_id: await trigger(), view: question });
  for (const depth of [2, 3])
    expect(await call(app, "views.push", { trigger_id: await trigger(), view: question }), `${depth}`).toMatchObject({ ok: true });
  expect(await call(app, "views.push", { trigger_id: await trigger(), view: question })).toMatchObject({ error: "push_limit_reached" });
});

test("an update must know what it replaces", async () => {
  const { app, trigger } = await asking();
  const opened = await call(app, "views.open", { trigger_id: await trigger(), view: { ...question, external_id: "only-one" } });
  expect(await call(app, "views.update", { view_id: idOf(opened), hash: "1.1", view: question })).toMatchObject({ error: "hash_conflict" });
  expect(await call(app, "views.update", { external_id: "only-one", view: { ...question, title: plain("Again") } })).toMatchObject({
    view: { title: plain("Again") },
  });
  expect(await call(app, "views.update", { view_id: "V0NOBODY", view: question })).toMatchObject({ error: "not_found" });
});

test("an external id names one view of the team", async () => {
  const { app, trigger } = await asking();
  const named = { ...question, external_id: "only-one" };
  await call(app, "views.open", { trigger_id: await trigger(), view: named });
  expect(await call(app, "views.push", { trigger_id: await trigger(), view: named })).toMatchObject({ error: "duplicate_external_id" });
});

test.each([
  ["a title of more than 24 characters", { title: plain("x".repeat(25)) }],
  ["inputs without a button to send them", { submit: undefined }],
  ["private metadata of more than 3,000 characters", { private_metadata: "x".repeat(3_001) }],
  ["more than 100 blocks", { blocks: Array.from({ length: 101 }, () => ({ type: "divider" })) }],
])("%s is refused, with the place", async (_, change) => {
  const { app, trigger } = await asking();
  const refused = await call(app, "views.open", { trigger_id: await trigger(), view: { ...question, ...change } });
  expect(refused).toMatchObject({ error: "invalid_arguments", response_metadata: { messages: [expect.stringContaining("[ERROR]")] } });
});

test("only the app shows views", async () => {
  const { app, trigger } = await asking();
  await expect(app.as("ana").apiCall("views.open", { trigger_id: await trigger(), view: question })).rejects.toMatchObject({
    data: { error: "not_allowed_token_type" },
  });
});
