import { lexer, type Token, type Tokens } from "marked";
import type { ComponentChild } from "preact";
import { unescapeText } from "../../text/escape.js";
import { parseInline } from "../../text/mrkdwn.js";
import { Lines } from "../lines.js";
import { Link } from "./link.js";
import { InlineElements } from "./rich-text.js";

const slackToken = /(<[@#!][^<>\n]+>|(?<![\w:]):[a-z0-9_+-]+:)/;

/** Plain text of Markdown: entities decoded, Slack's own mentions and emoji drawn, everything else literal. */
function Text({ text }: { readonly text: string }) {
  const parts = text.split(slackToken).map((part, index): ComponentChild => {
    if (index % 2 === 0) return unescapeText(part);
    return <InlineElements key={index} elements={parseInline(part)} />;
  });
  return <>{parts}</>;
}

const isList = (token: Token): token is Tokens.List => token.type === "list";
const isTable = (token: Token): token is Tokens.Table => token.type === "table";
const isLinked = (token: Token): token is Tokens.Link | Tokens.Image => token.type === "link" || token.type === "image";
const isHeading = (token: Token): token is Tokens.Heading => token.type === "heading";
const isCode = (token: Token): token is Tokens.Code => token.type === "code";

const childrenOf = (token: Token): readonly Token[] => ("tokens" in token ? (token.tokens ?? []) : []);
const textOf = (token: Token): string => ("text" in token && typeof token.text === "string" ? token.text : token.raw);

function List({ list }: { readonly list: Tokens.List }) {
  const items = list.items.map((item, index) => (
    <li key={index}>
      {item.task && <input type="checkbox" checked={item.checked === true} disabled aria-label={item.checked === true ? "done" : "open"} />}
      <MarkdownTokens tokens={item.tokens} />
    </li>
  ));
  return list.ordered ? <ol start={list.start === "" ? 1 : list.start}>{items}</ol> : <ul>{items}</ul>;
}

function Table({ table }: { readonly table: Tokens.Table }) {
  return (
    <div class="table-frame" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {table.header.map((cell, index) => (
              <th key={index} scope="col" class={`align-${cell.align ?? "left"}`}>
                <MarkdownTokens tokens={cell.tokens} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, column) => (
                <td key={column} class={`align-${cell.align ?? "left"}`}>
                  <MarkdownTokens tokens={cell.tokens} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function CodeBlock({ code }: { readonly code: Tokens.Code }) {
  const isDiff = code.lang === "diff" || code.lang === "patch";
  if (isDiff) return <Lines text={code.text} isDiff isNumbered={false} />;
  return (
    <pre class="code" tabIndex={0}>
      {code.text}
    </pre>
  );
}

function MarkdownToken({ token }: { readonly token: Token }) {
  if (isList(token)) return <List list={token} />;
  if (isTable(token)) return <Table table={token} />;
  if (isCode(token)) return <CodeBlock code={token} />;
  if (isHeading(token)) {
    return (
      <div role="heading" aria-level={Math.min(6, token.depth + 1)} class={`heading heading-${token.depth}`}>
        <MarkdownTokens tokens={token.tokens} />
      </div>
    );
  }
  if (isLinked(token))
    return <Link address={token.href}>{token.type === "link" ? <MarkdownTokens tokens={token.tokens} /> : token.text}</Link>;
  switch (token.type) {
    case "paragraph":
      return (
        <p>
          <MarkdownTokens tokens={childrenOf(token)} />
        </p>
      );
    case "blockquote":
      return (
        <blockquote>
          <MarkdownTokens tokens={childrenOf(token)} />
        </blockquote>
      );
    case "strong":
      return (
        <strong>
          <MarkdownTokens tokens={childrenOf(token)} />
        </strong>
      );
    case "em":
      return (
        <em>
          <MarkdownTokens tokens={childrenOf(token)} />
        </em>
      );
    case "del":
      return (
        <s>
          <MarkdownTokens tokens={childrenOf(token)} />
        </s>
      );
    case "codespan":
      return <code>{textOf(token)}</code>;
    case "hr":
      return <hr />;
    case "br":
      return <br />;
    case "space":
    case "def":
    case "checkbox":
      return null;
    default:
      return childrenOf(token).length > 0 ? <MarkdownTokens tokens={childrenOf(token)} /> : <Text text={textOf(token)} />;
  }
}

function MarkdownTokens({ tokens }: { readonly tokens: readonly Token[] }) {
  return (
    <>
      {tokens.map((token, index) => (
        <MarkdownToken key={index} token={token} />
      ))}
    </>
  );
}

/** Markdown drawn as elements, never as HTML: tags in the text are shown as they were written. */
export function Markdown({ text }: { readonly text: string }) {
  return (
    <div class="markdown">
      <MarkdownTokens tokens={lexer(text, { gfm: true })} />
    </div>
  );
}
