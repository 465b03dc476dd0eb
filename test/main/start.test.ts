import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createFolder } from "../support/repository.js";

const root = join(import.meta.dirname, "../..");
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

function start(variables: Readonly<Record<string, string>>) {
  const folder = createFolder();
  const environment = {
    PATH: process.env["PATH"] ?? "",
    HOME: folder,
    GUARD_DATA_DIR: folder,
    GUARD_PORT: "0",
    NO_COLOR: "1",
    ...variables,
  };
  const child = spawn(process.execPath, ["--import", "tsx", "src/main.ts"], { cwd: root, env: environment });
  children.push(child);
  const said = { out: "", err: "" };
  child.stdout.on("data", (chunk: Buffer) => (said.out += chunk.toString("utf8")));
  child.stderr.on("data", (chunk: Buffer) => (said.err += chunk.toString("utf8")));
  return { child, said, ended: once(child, "exit") };
}

describe("npm start with nothing configured", () => {
  it(
    "prints the page's address and the user token on lines of their own, answers, and ends within 5 s of SIGTERM",
    { timeout: 60_000 },
    async () => {
      const { child, said, ended } = start({});
      await vi.waitFor(() => expect(said.out).toMatch(/^user token: \S+$/m), { timeout: 40_000 });
      const url = /^(http:\/\/127\.0\.0\.1:\d+\/\?token=\w+)$/m.exec(said.out)?.[1] ?? "";
      const token = /^user token: (\S+)$/m.exec(said.out)?.[1] ?? "";
      const page = await fetch(url);
      expect(page.status).toBe(200);
      const call = async (method: string, fields: Record<string, string> = {}): Promise<unknown> => {
        const headers = { authorization: `Bearer ${token}` };
        const answer = await fetch(`${new URL(url).origin}/api/${method}`, { method: "POST", headers, body: new URLSearchParams(fields) });
        return answer.json();
      };
      const { channels } = (await call("conversations.list")) as { channels: { id: string; name: string }[] };
      const { members } = (await call("users.list")) as { members: { id: string; is_bot: boolean }[] };
      const channel = channels.find(({ name }) => name === "backend")?.id ?? "";
      const guard = members.find((member) => member.is_bot)?.id ?? "";
      let link = "";
      const { ts } = (await call("chat.postMessage", { channel, text: `<@${guard}> review lib/shop/accounts.ex` })) as { ts: string };
      await vi.waitFor(
        async () => {
          const { messages } = (await call("conversations.replies", { channel, ts })) as { messages: { user: string; blocks?: unknown }[] };
          const said = JSON.stringify(messages.filter(({ user }) => user === guard));
          link = /<(http:[^|>]+)\|lib\/[^>]+>/.exec(said)?.[1] ?? "";
          expect(link).toMatch(/\/source\/shop\/[0-9a-f]{40}\/lib\/.+\.ex#L\d+(-L\d+)?$/);
          expect(said).not.toContain("token=");
        },
        { timeout: 15_000, interval: 100 },
      );
      expect((await fetch(link)).status).toBe(401);
      const cookie = page.headers.getSetCookie()[0]?.split(";")[0] ?? "";
      const source = await (await fetch(link, { headers: { cookie } })).text();
      expect(source).toContain(`id="${/L\d+/.exec(new URL(link).hash)?.[0] ?? "none"}"`);
      const told = performance.now();
      child.kill("SIGTERM");
      expect(await ended).toEqual([0, null]);
      expect(performance.now() - told).toBeLessThan(5_000);
    },
  );
});

describe("a start that cannot be", () => {
  it("tells every fault of the configuration at once and exits with 2", { timeout: 60_000 }, async () => {
    const folder = createFolder();
    const path = join(folder, "guard.config.yml");
    writeFileSync(
      path,
      'repositories:\n  - name: shop\n    url: http://example.com/shop\n    chanels: ["#a"]\n  - name: shop\n    url: relative/path\ngit:\n  time_limit_seconds: 0\nmodle: {}\n',
    );
    const { said, ended } = start({ GUARD_CONFIG: path });
    expect(await ended).toEqual([2, null]);
    const lines = said.err.trim().split("\n");
    expect(lines.length).toBeGreaterThanOrEqual(5);
    expect(lines.every((line) => /^guard: guard\.config\.yml:\d+: .+[.?]$/.test(line))).toBe(true);
    expect(said.out).toBe("");
  });

  it("names the port that is taken", { timeout: 60_000 }, async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const port = String((other.address() as AddressInfo).port);
    const { said, ended } = start({ GUARD_PORT: port });
    expect(await ended).toEqual([2, null]);
    expect(said.err).toContain(`guard: Port ${port} for the page cannot be opened (EADDRINUSE); set GUARD_PORT to a free one, or to 0.`);
    other.close();
  });
});
