import { request } from "node:http";
import { rm } from "node:fs/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { buildPage, openBrowser } from "../support/browser.js";
import { openWorkspace, type OpenWorkspace } from "./connected-app.js";

const commit = "c".repeat(40);
const path = "lib/shop web/hostile & <b>.ex";
const text = `${["first", "<img src=x onerror=alert(1)>", "", "\tindented", ...Array.from({ length: 200 }, (_, index) => `line ${index + 5}`)].join("\n")}\n`;

let opened: OpenWorkspace;
let browser: Browser;
let pageDirectory: string;

beforeAll(async () => {
  pageDirectory = await buildPage();
  browser = await openBrowser();
  const readSource = async (repository: string, id: string, file: string) =>
    repository === "shop" && id === commit && file === path ? text : null;
  opened = await openWorkspace({ pageDirectory, readSource });
});
afterAll(async () => {
  await browser.close();
  await opened.workspace.stop();
  await rm(pageDirectory, { recursive: true, force: true });
});

interface Answered {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** One GET with exactly these headers, sent as it stands: nothing tidies the path. */
const ask = (target: string, headers: Readonly<Record<string, string>> = {}): Promise<Answered> =>
  new Promise((resolve, reject) => {
    const outgoing = request({ host: "127.0.0.1", port: opened.running.port, path: target, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString(), headers: response.headers }),
      );
    });
    outgoing.on("error", reject);
    outgoing.end();
  });

const addressOf = (first: number, last: number): string =>
  opened.running.sourceAddress({ repository: "shop", commit, path }, { first, last });
const targetOf = (place: { repository: string; commit: string; path: string }): string =>
  new URL(opened.running.sourceAddress(place)).pathname;
const target = (): string => targetOf({ repository: "shop", commit, path });
const authorization = (): string => `Bearer ${new URL(opened.running.url).searchParams.get("token") ?? ""}`;

test("the address names repository, commit, path and lines, and holds no token", () => {
  expect(addressOf(11, 14)).toMatch(/\/source\/shop\/c{40}\/lib\/shop%20web\/hostile%20%26%20%3Cb%3E\.ex#L11-L14$/);
  expect(addressOf(11, 11)).toMatch(/#L11$/);
  expect(addressOf(11, 11)).not.toContain("token");
});

test("a file is shown to who holds the page's token, as text alone", async () => {
  const { status, body, headers } = await ask(target(), { authorization: authorization() });
  expect(status).toBe(200);
  expect(body).toContain('<span class="line" id="L2">&lt;img src=x onerror=alert(1)&gt;');
  const policy = String(headers["content-security-policy"]);
  for (const rule of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"])
    expect(policy).toContain(rule);
});

test("whoever has not opened the page is told to, whether or not there is such a file", async () => {
  const missing = targetOf({ repository: "other", commit, path });
  for (const headers of [{}, { authorization: `Bearer ${opened.running.userToken}` }, { cookie: "guard_workspace=1" }]) {
    const there = await ask(target(), headers);
    expect(there).toMatchObject({
      status: 401,
      body: expect.stringContaining("Open the workspace's page in this browser first") as string,
    });
    expect(await ask(missing, headers)).toMatchObject({ status: 401, body: there.body });
  }
});

test("other hosts and other pages are refused, whatever else is right", async () => {
  expect((await ask(target(), { authorization: authorization(), host: `evil.example:${opened.running.port}` })).status).toBe(403);
  expect((await ask(target(), { authorization: authorization(), origin: "http://evil.example" })).status).toBe(403);
});

test.each([
  ["an unknown repository", () => targetOf({ repository: "other", commit, path })],
  ["an unknown commit", () => targetOf({ repository: "shop", commit: "d".repeat(40), path })],
  ["an unknown path", () => targetOf({ repository: "shop", commit, path: "lib/none.ex" })],
  ["a branch instead of a full commit id", () => targetOf({ repository: "shop", commit: "main", path })],
  ["a path that climbs out", () => `/source/shop/${commit}/../../../../etc/passwd`],
  ["a hidden path that climbs out", () => `/source/shop/${commit}/..%2F..%2F..%2Fetc%2Fpasswd`],
  ["broken escapes", () => `/source/shop/${commit}/lib/%E0%A4%A`],
])("%s is answered with 404 and a sentence", async (_, targetWith) => {
  const { status, body } = await ask(targetWith(), { authorization: authorization() });
  expect(status).toBe(404);
  expect(body).not.toContain("root:");
});

async function openPage(address = opened.running.url): Promise<{ readonly page: Page; readonly faults: readonly string[] }> {
  const context = await browser.newContext({ viewport: { width: 390, height: 780 } });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const faults: string[] = [];
  context.on("console", (message) => {
    if (message.type() === "error") faults.push(message.text());
  });
  await page.goto(address);
  await page.getByRole("textbox", { name: "Message #backend" }).waitFor();
  return { page, faults };
}

test("a link in a message opens the file on a phone with its lines marked and in view; another fragment moves the mark", async () => {
  const { page, faults } = await openPage();
  const channel = await opened.channel("backend");
  await opened.bot.chat.postMessage({ channel, text: `See <${addressOf(110, 112)}|hostile.ex:110-112>` });
  const [source] = await Promise.all([page.waitForEvent("popup"), page.getByRole("link", { name: "hostile.ex:110-112" }).click()]);
  await source.getByRole("status").getByText("lines 110–112").waitFor();
  expect(await source.locator(".is-marked").allTextContents()).toEqual(["line 110", "line 111", "line 112"]);
  const top = await source.locator("#L110").evaluate((line) => line.getBoundingClientRect().top);
  expect(top).toBeGreaterThan(60);
  expect(top).toBeLessThan(600);
  expect(await source.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  expect(await source.locator("pre img").count()).toBe(0);
  await source.evaluate(() => (location.hash = "#L900"));
  await source.getByText("has 204 lines, so there is no line 900").waitFor();
  expect(await source.locator(".is-marked").count()).toBe(0);
  expect(faults).toEqual([]);
});

test("the link works too where the page was opened under the other name of this machine", async () => {
  const { page } = await openPage(opened.running.url.replace("127.0.0.1", "localhost"));
  const channel = await opened.channel("backend");
  await opened.bot.chat.postMessage({ channel, text: `Now <${addressOf(4, 4)}|hostile.ex:4>` });
  const [source] = await Promise.all([page.waitForEvent("popup"), page.getByRole("link", { name: "hostile.ex:4" }).click()]);
  await source.getByRole("status").getByText("line 4", { exact: true }).waitFor();
  expect(new URL(source.url()).hostname).toBe("localhost");
});
