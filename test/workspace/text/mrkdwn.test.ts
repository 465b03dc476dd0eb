import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { escapeText, linkTypedText, unescapeText } from "../../../src/workspace/text/escape.js";
import { parseMrkdwn } from "../../../src/workspace/text/mrkdwn.js";

const text = (value: string, style?: object) => ({ type: "text", text: value, ...(style === undefined ? {} : { style }) });
const section = (...elements: readonly object[]) => ({ type: "rich_text_section", elements });

describe("mrkdwn", () => {
  test.each([
    [
      "*bold* and _italic_ and ~gone~",
      section(text("bold", { bold: true }), text(" and "), text("italic", { italic: true }), text(" and "), text("gone", { strike: true })),
    ],
    ["*_both_*", section(text("both", { bold: true, italic: true }))],
    ["snake_case_name and 2*3*4", section(text("snake_case_name and 2*3*4"))],
    ["`*not bold*`", section(text("*not bold*", { code: true }))],
    ["<https://a.example/x?a=1&amp;b=2|label>", section({ type: "link", url: "https://a.example/x?a=1&b=2", text: "label" })],
    [
      "<@U01ABCDEF> <#C01ABCDEF|backend> <!here>",
      section({ type: "user", user_id: "U01ABCDEF" }, text(" "), { type: "channel", channel_id: "C01ABCDEF" }, text(" "), {
        type: "broadcast",
        range: "here",
      }),
    ],
    ["<javascript:alert(1)|click>", section(text("<javascript:alert(1)|click>"))],
    [":eyes: 10:30:45 :nothing_known:", section({ type: "emoji", name: "eyes" }, text(" 10:30:45 :nothing_known:"))],
    ["a &lt;- b &amp;&amp; c", section(text("a <- b && c"))],
  ])("%s", (written, expected) => {
    expect(parseMrkdwn(written)).toEqual([expected]);
  });

  test("fences, quotations and lists become blocks of their own", () => {
    const written = "Look:\n```\nx = *1*\n```\n&gt; said\n&gt; twice\n• one\n• two\n1. first";
    expect(parseMrkdwn(written)).toEqual([
      section(text("Look:")),
      { type: "rich_text_preformatted", elements: [text("x = *1*")] },
      { type: "rich_text_quote", elements: [text("said\ntwice")] },
      { type: "rich_text_list", style: "bullet", indent: 0, elements: [section(text("one")), section(text("two"))] },
      { type: "rich_text_list", style: "ordered", indent: 0, elements: [section(text("first"))] },
    ]);
  });
});

describe("escaping", () => {
  test("escaped text shows as it was written", () => {
    fc.assert(
      fc.property(
        fc.string().filter((written) => !/[<>&]/.test(written)),
        (written) => unescapeText(escapeText(written)) === written,
      ),
    );
  });

  test("a second escaping changes nothing", () => {
    fc.assert(fc.property(fc.string(), (written) => escapeText(escapeText(written)) === escapeText(written)));
  });

  test("mentions and links survive, stray brackets do not", () => {
    expect(escapeText("<@U01ABCDEF> if a < b & <b>c</b>")).toBe("<@U01ABCDEF> if a &lt; b &amp; &lt;b&gt;c&lt;/b&gt;");
  });

  test("names become mentions and addresses links, but not inside code or other words", () => {
    const userByName = (name: string) => (name === "guard" ? "U0GUARD" : undefined);
    expect(
      linkTypedText("@guard and @nobody, mail a@guard.example, `@guard`, ```\nhttps://a.example\n``` (https://b.example/c).", userByName),
    ).toBe("<@U0GUARD> and @nobody, mail a@guard.example, `@guard`, ```\nhttps://a.example\n``` (<https://b.example/c>).");
  });
});
