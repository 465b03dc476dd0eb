import { Writable } from "node:stream";
import { expect, test } from "vitest";
import { createLog } from "../../../src/shell/logs/logs.js";

function recording(): { stream: Writable; written: () => string } {
  const chunks: string[] = [];
  const stream = new Writable({ write: (chunk, _encoding, done) => (chunks.push(String(chunk)), done()) });
  return { stream, written: () => chunks.join("") };
}

test("a line carries its fields, and never words, code or keys, however they are passed", () => {
  const { stream, written } = recording();
  const log = createLog({ readable: false, stream });
  log.warn({ request: "r1", text: "giraffe", asker: { token: "giraffe" }, http: { headers: { authorization: "giraffe" } } }, "late");
  const line = JSON.parse(written()) as Record<string, unknown>;
  expect(line).toMatchObject({ request: "r1", msg: "late" });
  expect(written()).not.toContain("giraffe");
});

test("in a terminal a line is for reading", () => {
  const { stream, written } = recording();
  createLog({ readable: true, stream }).info({ files: 3 }, "audit finished");
  expect(written()).toMatch(/INFO.*audit finished/);
  expect(written()).not.toContain('{"');
});
