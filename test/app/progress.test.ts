import { describe, expect, it } from "vitest";
import { startProgress } from "../../src/app/progress.js";
import type { Messenger } from "../../src/model/ports.js";

/** Records what would be shown; `edits` fail when `broken`. */
function createPad(broken = false) {
  const shown: string[] = [];
  const messenger: Pick<Messenger, "post" | "update"> = {
    post: async (_, { text }) => (shown.push(`post ${text}`), { kind: "posted", ts: "1.1" }),
    update: async (_, { text }) => (
      shown.push(`edit ${text}`),
      broken ? { kind: "failed", reason: "message_not_found" } : { kind: "posted", ts: "1.1" }
    ),
  };
  return { shown, messenger: messenger as Messenger };
}

const here = { channel: "C1", thread: "1.0" };
const reading = { request: "T1:C1:1.0", words: "Reading…" };

describe("the progress message", () => {
  it("is edited at most every three seconds and becomes the answer", async () => {
    const { shown, messenger } = createPad();
    let now = 0;
    const progress = await startProgress({ messenger, clock: () => now }, here, reading);
    for (const at of [1_000, 2_999, 3_000, 3_001, 5_999, 6_001]) {
      now = at;
      progress.report({ step: "parse", done: at, total: 9_000 });
      await Promise.resolve().then(() => undefined);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await progress.replace({ text: "Done.", blocks: [] })).toBe("1.1");
    expect(shown).toEqual([
      "post ⏳ Reading…",
      "edit ⏳ Reading the code: 3000 of 9000",
      "edit ⏳ Reading the code: 6001 of 9000",
      "edit Done.",
    ]);
  });

  it("that was deleted is posted anew, so that the answer is not lost", async () => {
    const { shown, messenger } = createPad(true);
    const progress = await startProgress({ messenger, clock: () => 0 }, here, reading);
    await progress.replace({ text: "Done.", blocks: [] });
    expect(shown.at(-1)).toBe("post Done.");
  });
});
