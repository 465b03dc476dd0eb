import type { App } from "@slack/bolt";
import { rm } from "node:fs/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import { buildPage, openBrowser } from "../support/browser.js";
import { connectApp, type ConnectedApp } from "./connected-app.js";

export interface OpenedPage {
  readonly connected: ConnectedApp;
  readonly page: Page;
  /** What went wrong in the page: errors, refused resources, violated policies. */
  readonly faults: readonly string[];
}

/** Builds the page and opens a browser for the tests of a file; what it gives opens the page of a workspace with an app connected. */
export function usePages() {
  let browser: Browser;
  let pageDirectory: string;
  beforeAll(async () => {
    pageDirectory = await buildPage();
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await rm(pageDirectory, { recursive: true, force: true });
  });

  return async (prepare: (app: App) => void, options = {}): Promise<OpenedPage> => {
    const connected = await connectApp(prepare, { pageDirectory, ...options });
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") faults.push(message.text());
    });
    onTestFinished(async () => {
      await context.close();
      await connected.stop();
    });
    await page.goto(connected.running.url);
    await page.getByRole("heading", { name: "Welcome to #backend" }).waitFor();
    return { connected, page, faults };
  };
}

export const composer = (page: Page) => page.getByRole("textbox", { name: "Message #backend" });
