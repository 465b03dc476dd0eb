import { request } from "node:http";
import { WebSocket } from "ws";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openWorkspace, type OpenWorkspace } from "./connected-app.js";

let opened: OpenWorkspace;
beforeAll(async () => {
  opened = await openWorkspace({ addRepository: async (location) => ({ ok: true, name: location }) });
});
afterAll(() => opened.workspace.stop());

interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

/** One request with exactly these headers; unlike fetch it can lie about the host. */
const ask = (path: string, headers: Readonly<Record<string, string>> = {}, method = "GET", body = ""): Promise<Answered> =>
  new Promise((resolve, reject) => {
    const outgoing = request({ host: "127.0.0.1", port: opened.running.port, path, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString() }),
      );
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });

const pagePath = (): string => opened.running.url.replace(/^http:\/\/[^/]+/, "");
const cookieOf = ({ headers }: Answered): string => [headers["set-cookie"]].flat()[0]?.toString().split(";")[0] ?? "";

test("the page opens with its token, then with the cookie alone", async () => {
  const page = await ask(pagePath());
  expect(page.status).toBe(200);
  expect([page.headers["set-cookie"]].flat()[0]).toMatch(/; HttpOnly; SameSite=Strict; Path=\/$/);
  expect((await ask("/", { cookie: cookieOf(page) })).status).toBe(200);
});

test("the page stays shut without its token, with a wrong one and with a person's token", async () => {
  for (const path of ["/", "/?token=wrong", `/?token=${opened.running.userToken}`, "/main.js", "/archives/C1/p1"]) {
    const { status, body } = await ask(path);
    expect(status).toBe(403);
    expect(body).toContain("the address that Guard printed");
  }
});

test("the page allows no script, style, frame or connection from elsewhere", async () => {
  const { headers } = await ask(pagePath());
  const policy = String(headers["content-security-policy"]);
  for (const rule of [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
  ]) {
    expect(policy).toContain(rule);
  }
  expect(headers).toMatchObject({ "x-content-type-options": "nosniff", "referrer-policy": "no-referrer" });
});

test.each(["/", "/api/auth.test", "/files-pri/T1-F1/a.ex"])(
  "%s is refused under another host name, whatever else is right",
  async (path) => {
    expect(
      (await ask(path, { host: `evil.example:${opened.running.port}`, authorization: `Bearer ${opened.running.userToken}` })).status,
    ).toBe(403);
  },
);

test("the API refuses calls from other pages and answers its own", async () => {
  const authorization = `Bearer ${opened.running.userToken}`;
  expect((await ask("/api/auth.test", { authorization, origin: "http://evil.example" }, "POST")).status).toBe(403);
  const own = await ask("/api/auth.test", { authorization, origin: `http://127.0.0.1:${opened.running.port}` }, "POST");
  expect(JSON.parse(own.body)).toMatchObject({ ok: true, user: "ana" });
});

/** How the page's socket answers: open, or the status it was refused with. */
const openSocket = (headers: Readonly<Record<string, string>>): Promise<string | number> =>
  new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${opened.running.port}/page/socket`, { headers });
    socket.on("message", (data: Buffer) => {
      resolve(data.toString().slice(0, 18));
      socket.terminate();
    });
    socket.on("unexpected-response", (_request, response) => resolve(response.statusCode ?? 0));
    socket.on("error", () => undefined);
  });

test("the page's socket needs the cookie and the page's own origin", async () => {
  const cookie = cookieOf(await ask(pagePath()));
  const origin = `http://127.0.0.1:${opened.running.port}`;
  expect(await openSocket({ cookie, origin })).toBe('{"kind":"snapshot"');
  expect(await openSocket({ cookie })).toBe(403);
  expect(await openSocket({ origin })).toBe(403);
  expect(await openSocket({ cookie, origin: "http://evil.example" })).toBe(403);
});

test("adding a repository needs the token and JSON, and gives back what Guard said", async () => {
  const cookie = cookieOf(await ask(pagePath()));
  const json = { "content-type": "application/json" };
  const add = (headers: Readonly<Record<string, string>>, body: string) => ask("/page/repositories", headers, "POST", body);
  expect((await add(json, '{"location":"/tmp/shop"}')).status).toBe(403);
  expect((await add({ cookie, "content-type": "text/plain" }, '{"location":"/tmp/shop"}')).status).toBe(400);
  expect(JSON.parse((await add({ cookie, ...json }, '{"location":" /tmp/shop "}')).body)).toEqual({ ok: true, name: "/tmp/shop" });
});

test("the port is open on loopback alone", async () => {
  const { networkInterfaces } = await import("node:os");
  const outside = Object.values(networkInterfaces())
    .flat()
    .find((network) => network?.family === "IPv4" && !network.internal);
  const address = outside?.address ?? "127.0.0.2";
  await expect(fetch(`http://${address}:${opened.running.port}/api/auth.test`, { signal: AbortSignal.timeout(2_000) })).rejects.toThrow();
});

test("a target that is no address is refused, and the workspace lives on", async () => {
  expect((await ask("//[")).status).toBe(400);
  const upgrade = { connection: "Upgrade", upgrade: "websocket" };
  await ask("//[", upgrade);
  expect((await ask(pagePath())).status).toBe(200);
});

test("health is told to anybody on this machine: no app is connected", async () => {
  expect((await ask("/healthz")).status).toBe(503);
});
