import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escape, link, shorten, splitLines, splitText } from "../../src/reply/text.js";

describe("text for Slack", () => {
  it("makes mentions, broadcasts and links in foreign text plain", () => {
    expect(escape("<!channel> <@U1> <https://x|y> & @here")).toBe("&lt;!channel&gt; &lt;@U1&gt; &lt;https://x|y&gt; &amp; @\u200bhere");
  });

  it("links http(s) addresses only", () => {
    expect(link("https://git.example/a?x=1&y=2", "a.ex:1")).toBe("<https://git.example/a?x=1&amp;y=2|a.ex:1>");
    expect(link("javascript:alert(1)", "a.ex:1")).toBe("`a.ex:1`");
    expect(link(null, "a.ex:1")).toBe("`a.ex:1`");
  });

  it("splits at paragraphs, then lines, then sentences, and loses no word", () => {
    expect(splitText("One two.\n\nThree four.", 12)).toEqual(["One two.", "Three four."]);
    expect(splitText("One two.\nThree four.", 12)).toEqual(["One two.", "Three four."]);
    expect(splitText("One two. Three four.", 12)).toEqual(["One two.", "Three four."]);
    fc.assert(
      fc.property(fc.string({ maxLength: 400 }), fc.integer({ min: 12, max: 80 }), (text, most) => {
        const parts = splitText(text, most);
        expect(parts.every((part) => part.length <= most)).toBe(true);
        expect(parts.join("").replace(/\s/g, "")).toBe(text.replace(/\s/g, ""));
      }),
    );
  });

  it("never cuts inside an entity or a surrogate pair", () => {
    expect(splitText("aaaaaaaaaa&amp;b", 12)).toEqual(["aaaaaaaaaa", "&amp;b"]);
    expect(splitText("🔥".repeat(5), 7).join("")).toBe("🔥".repeat(5));
    expect(splitText("🔥".repeat(5), 7)[0]).toBe("🔥🔥🔥");
  });

  it("splits code between lines and keeps its indentation", () => {
    expect(splitLines("def a do\n  b()\nend\n", 14)).toEqual(["def a do\n  b()", "end"]);
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (code) => {
        const parts = splitLines(code, 20);
        expect(parts.every((part) => part.length <= 20)).toBe(true);
        expect(parts.join("").replace(/\s/g, "")).toBe(code.replace(/\s/g, ""));
      }),
    );
  });

  it("shortens with an ellipsis that is seen", () => {
    expect(shorten("abcdef", 4)).toBe("abc…");
    expect(shorten("abcd", 4)).toBe("abcd");
  });
});
