import { Lexer } from "marked";
import type { Token, Tokens } from "marked";
import type { Block } from "../model/reply.js";
import { divider, heading, preformatted, sections } from "./blocks.js";
import { escape, inlineCode, link, oneLine } from "./text.js";

/** Standard Markdown as Block Kit: prose in mrkdwn sections, code and tables in blocks where nothing is live. */
export function markdownBlocks(markdown: string): readonly Block[] {
  const blocks: Block[] = [];
  let prose: string[] = [];
  const flush = (): void => {
    if (prose.length > 0) blocks.push(...sections(prose.join("\n\n")));
    prose = [];
  };
  for (const token of new Lexer().lex(markdown)) {
    const solid = solidBlocks(token);
    if (solid === null) {
      const text = proseOf(token);
      if (text !== "") prose.push(text);
    } else {
      flush();
      blocks.push(...solid);
    }
  }
  flush();
  return blocks;
}

function solidBlocks(token: Token): readonly Block[] | null {
  if (token.type === "code") return preformatted((token as Tokens.Code).text);
  if (token.type === "table") return preformatted(tableText(token as Tokens.Table));
  return token.type === "hr" ? [divider] : null;
}

function proseOf(token: Token): string {
  switch (token.type) {
    case "space":
      return "";
    case "heading":
      return heading(plain((token as Tokens.Heading).tokens));
    case "list":
      return listText(token as Tokens.List, "");
    case "blockquote":
      return (token as Tokens.Blockquote).tokens.map(proseOf).join("\n").replace(/^/gm, "> ");
    case "code":
      return inlineCode((token as Tokens.Code).text);
    default:
      return inline("tokens" in token && token.tokens !== undefined ? token.tokens : [token]);
  }
}

function listText(list: Tokens.List, indent: string): string {
  return list.items
    .map((item, index) => {
      const mark = list.ordered ? `${Number(list.start === "" ? 1 : list.start) + index}.` : "•";
      const parts = item.tokens.filter((token) => token.type !== "space" && token.type !== "checkbox");
      const lines = parts.map((token) => (token.type === "list" ? listText(token as Tokens.List, `${indent}    `) : proseOf(token)));
      return `${indent}${mark} ${lines.join("\n")}`;
    })
    .join("\n");
}

function tableText(table: Tokens.Table): string {
  const rows = [table.header, ...table.rows].map((row) => row.map((cell) => oneLine(plain(cell.tokens))));
  const widths = table.header.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** Inline Markdown (bold, code, links) as escaped mrkdwn. */
export function inlineMarkdown(markdown: string): string {
  return inline(Lexer.lexInline(markdown));
}

function inline(tokens: readonly Token[]): string {
  return tokens
    .map((token) => {
      switch (token.type) {
        case "strong":
          return `*${inline(token.tokens ?? [])}*`;
        case "em":
          return `_${inline(token.tokens ?? [])}_`;
        case "del":
          return `~${inline(token.tokens ?? [])}~`;
        case "codespan":
          return inlineCode((token as Tokens.Codespan).text);
        case "link":
          return link((token as Tokens.Link).href, plain(token.tokens ?? []));
        case "br":
          return "\n";
        case "escape":
          return escape((token as Tokens.Escape).text);
        default:
          return "tokens" in token && token.tokens !== undefined ? inline(token.tokens) : escape(token.raw);
      }
    })
    .join("");
}

function plain(tokens: readonly Token[]): string {
  return tokens
    .map((token) =>
      "tokens" in token && token.tokens !== undefined ? plain(token.tokens) : "text" in token ? String(token.text) : token.raw,
    )
    .join("");
}
