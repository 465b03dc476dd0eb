import { WebSocket } from "ws";
import { describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { clientFor, connectApp, createInbox, openWorkspace, type OpenWorkspace } from "./connected-app.js";

const frame = z.looseObject({
  type: z.string(),
  envelope_id: z.string().optional(),
  retry_attempt: z.number().optional(),
  retry_reason: z.string().optional(),
  payload: z.looseObject({ event_id: z.string().optional() }).optional(),
});
type Frame = z.infer<typeof frame>;

async function open(options = {}): Promise<OpenWorkspace> {
  const opened = await openWorkspace(options);
  onTestFinished(opened.workspace.stop);
  return opened;
}

const ticketUrl = async ({ running }: OpenWorkspace): Promise<string> =>
  (await clientFor(running, running.appToken).apps.connections.open({})).url ?? "";

/** A bare Socket Mode connection that acknowledges nothing by itself. */
function connectBare(url: string) {
  const frames = createInbox<Frame>();
  const socket = new WebSocket(url);
  socket.on("message", (data: Buffer) => frames.add(frame.parse(JSON.parse(data.toString()))));
  onTestFinished(() => socket.terminate());
  return { frames, acknowledge: (envelope: string) => socket.send(JSON.stringify({ envelope_id: envelope, payload: {} })), socket };
}

/** The status a WebSocket upgrade was refused with. */
const refusal = (url: string, headers: Readonly<Record<string, string>> = {}): Promise<number> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { headers });
    socket.on("unexpected-response", (_request, response) => resolve(response.statusCode ?? 0));
    socket.on("open", () => reject(new Error("The connection was accepted.")));
    socket.on("error", () => undefined);
  });

test("a connection is greeted, and its ticket cannot be used again", async () => {
  const opened = await open();
  const url = await ticketUrl(opened);
  const { frames } = connectBare(url);
  expect((await frames.take(1))[0]).toMatchObject({ type: "hello", num_connections: 1 });
  expect((await fetch(opened.running.apiUrl.replace("/api/", "/healthz"))).status).toBe(200);
  expect(await refusal(url)).toBe(403);
});

test("a ticket that waited too long, or none at all, opens nothing", async () => {
  let now = 1_790_000_000_000;
  const opened = await open({ clock: () => now });
  const url = await ticketUrl(opened);
  now += 31_000;
  expect(await refusal(url)).toBe(403);
  expect(await refusal(url.replace(/ticket=.*/, "ticket="))).toBe(403);
});

test("an upgrade from another page's origin or for another host is refused", async () => {
  const opened = await open();
  expect(await refusal(await ticketUrl(opened), { origin: "http://evil.example" })).toBe(403);
  expect(await refusal(await ticketUrl(opened), { host: "evil.example" })).toBe(403);
});

test("what happens while nobody is connected is told when somebody is", async () => {
  const opened = await open();
  await opened.as("ana").chat.postMessage({ channel: await opened.channel("backend"), text: "anybody?" });
  const { frames } = connectBare(await ticketUrl(opened));
  const [, event] = await frames.take(2);
  expect(event).toMatchObject({ type: "events_api", retry_attempt: 0, payload: { event: { text: "anybody?" } } });
});

test("each of two connections gets some of the events, and no event comes to both", async () => {
  const opened = await open();
  const [first, second] = [connectBare(await ticketUrl(opened)), connectBare(await ticketUrl(opened))];
  await Promise.all([first.frames.take(1), second.frames.take(1)]);
  const channel = await opened.channel("backend");
  await opened.as("ana").chat.postMessage({ channel, text: "one" });
  await opened.as("ana").chat.postMessage({ channel, text: "two" });
  const events = [(await first.frames.take(2))[1], (await second.frames.take(2))[1]];
  expect(new Set(events.map((event) => event?.payload?.event_id)).size).toBe(2);
});

describe("what nobody acknowledges within three seconds", () => {
  test("is delivered again, with a new envelope and the same event", async () => {
    const opened = await open();
    const { frames, acknowledge } = connectBare(await ticketUrl(opened));
    await frames.take(1);
    await opened.as("ana").chat.postMessage({ channel: await opened.channel("backend"), text: "hello?" });
    const [, first, again] = await frames.take(3);
    expect(again).toMatchObject({ retry_attempt: 1, retry_reason: "timeout", payload: { event_id: first?.payload?.event_id } });
    expect(again?.envelope_id).not.toBe(first?.envelope_id);
    acknowledge(again?.envelope_id ?? "");
  });

  test("is told to the person whose command it was", async () => {
    const opened = await open();
    const { frames } = connectBare(await ticketUrl(opened));
    await frames.take(1);
    const call = opened.as("ana").apiCall("chat.command", { channel: await opened.channel("backend"), command: "/guard", text: "help" });
    await expect(call).rejects.toMatchObject({ data: { error: "operation_timeout" } });
  });
});

test("an event that was acknowledged stays delivered once", async () => {
  const heard = createInbox<string>();
  const connected = await connectApp((app) => app.event("message", async ({ body }) => heard.add(body.event_id)));
  onTestFinished(connected.stop);
  const channel = await connected.channel("backend");
  for (const text of ["one", "two", "three"]) await connected.as("ana").chat.postMessage({ channel, text });
  expect(new Set(await heard.take(3)).size).toBe(3);
});

test("the eleventh connection is told that there are too many", async () => {
  const opened = await open();
  for (let count = 1; count <= 10; count += 1) await connectBare(await ticketUrl(opened)).frames.take(1);
  const { frames } = connectBare(await ticketUrl(opened));
  expect((await frames.take(1))[0]).toMatchObject({ type: "disconnect", reason: "too_many_websockets" });
});

test("only the app token opens connections", async () => {
  const opened = await open();
  await expect(opened.bot.apps.connections.open({})).rejects.toMatchObject({ data: { error: "not_allowed_token_type" } });
});
