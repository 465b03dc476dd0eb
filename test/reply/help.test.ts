import { expect, test } from "vitest";
import { renderHelp } from "../../src/reply/help.js";

test("the words to copy stand in backticks that Slack can read: never one pair inside another", () => {
  const lines = JSON.stringify(renderHelp(["shop"]).blocks).split("\\n");
  expect(lines.some((line) => line.includes("`what about list/1`"))).toBe(true);
  for (const line of lines) {
    expect(line).not.toContain("``");
    expect(line.split("`").length % 2).toBe(1);
  }
});
