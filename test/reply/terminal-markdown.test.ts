import { expect, test } from "vitest";
import { createPaint } from "../../src/reply/terminal.js";
import { paintMarkdown } from "../../src/reply/terminal-markdown.js";

const plain = createPaint(false);

test("headings, lists and emphasis lose their marks; text wraps at the width", () => {
  const text = paintMarkdown("# Fix `a.ex` now\n\nSome **bold** words that are long enough to wrap\n\n- one item\n  - below", plain, 30);
  expect(text).toBe("Fix a.ex now\n\nSome bold words that are\nlong enough to wrap\n\n  • one item\n    • below");
});

test("code keeps every character, also what looks like Markdown", () => {
  expect(paintMarkdown("````elixir\n# a **comment**\n```\n| x |\n````", plain, 80)).toBe("    # a **comment**\n    ```\n    | x |");
});

test("a diff is painted line by line", () => {
  const text = paintMarkdown("```diff\n-old\n+new\n same\n```", createPaint(true), 80);
  expect(text).toContain("\u001b[31m-old");
  expect(text).toContain("\u001b[32m+new");
  expect(text).toContain("     same");
});

test("a table stands in columns", () => {
  expect(paintMarkdown("| # | place |\n|---|---|\n| 1 | `lib/a.ex` |\n| 10 | b |\n\nafter", plain, 80)).toBe(
    "  #   place\n  1   lib/a.ex\n  10  b\n\nafter",
  );
});

test("a link shows its address", () => {
  expect(paintMarkdown("[`a.ex`](https://example.com/a)", plain, 80)).toBe("a.ex (https://example.com/a)");
});
