import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser } from "../support/browser.js";
import { startGuard, type StartedGuard } from "./started-guard.js";

let guard: StartedGuard;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  [guard, browser] = await Promise.all([startGuard(), openBrowser()]);
  page = await browser.newPage({ viewport: { width: 1380, height: 900 } });
  page.setDefaultTimeout(15_000);
  await page.goto(guard.url);
});
afterAll(async () => {
  await browser.close();
  await guard.stop();
});

async function send(where: "Message #backend" | "Reply…", text: string): Promise<void> {
  const box = page.getByRole("textbox", { name: where });
  await box.fill(text);
  if (await page.getByRole("listbox").isVisible()) await box.press("Escape"); // an open list of completions takes Enter for itself
  await box.press("Enter");
}

const channel = (): Locator => page.getByRole("log", { name: /backend/ });
const thread = (): Locator => page.getByRole("complementary", { name: "Thread" });
const openThreadOf = async (question: string): Promise<void> => {
  await channel()
    .getByRole("article")
    .filter({ hasText: question })
    .last()
    .getByText(/\d+ repl/)
    .click();
};

test("a newcomer reviews a file, asks back, rejects with a reason, and the decision holds", async () => {
  await page.getByRole("heading", { name: "Welcome to #backend" }).waitFor();

  await send("Message #backend", "@guard review lib/shop/catalog.ex first");
  await openThreadOf("first");
  await thread().getByText("Do not ship").first().waitFor();
  await thread().getByText("runs once for every element of").first().waitFor();
  await thread().getByText("Patch for catalog.ex").waitFor();
  const place = thread()
    .getByRole("link", { name: /^lib\/shop\/catalog\.ex:\d+/ })
    .first();
  const [, line = ""] = /:(\d+)/.exec(await place.innerText()) ?? [];
  const [source] = await Promise.all([page.waitForEvent("popup"), place.click()]);
  await source.locator(`#L${line}.is-marked`).waitFor();
  await source.close();

  await send("Reply…", "why is 2 high?");
  await thread().getByText("runs once per element of rows").first().waitFor();

  await send("Reply…", "reject 2 because imports run at night");
  await thread()
    .getByText(/problem 2 rejected/i)
    .first()
    .waitFor();

  await send("Message #backend", "@guard review lib/shop/catalog.ex second");
  await openThreadOf("second");
  await thread()
    .getByText(/decided on .* imports run at night/)
    .first()
    .waitFor();
  expect(await thread().getByText("runs once for every element of").count()).toBe(0);
});

test("/guard audit answers in the channel", async () => {
  await send("Message #backend", "/guard audit");
  await channel()
    .getByText(/Audit of .*findings/)
    .first()
    .waitFor();
  await openThreadOf("Audit of");
  await thread()
    .getByRole("link", { name: /^lib\/.+\.ex:\d+/ })
    .first()
    .waitFor();
});
