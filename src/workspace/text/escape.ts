/** What stands between `<` and `>` when Slack means a mention, a channel, a broadcast or a link. */
export const tokenPattern =
  /<(?:@[UW][A-Z0-9]+(?:\|[^<>\n]*)?|#[CG][A-Z0-9]+(?:\|[^<>\n]*)?|![a-z]+(?:\^[^<>\n|]+)*(?:\|[^<>\n]*)?|(?:https?:\/\/|mailto:)[^<>\n]+)>/g;

const codePattern = /```[\s\S]*?```|`[^`\n]+`/g;

/** Rebuilds a text from its matches of a pattern and the stretches between them. */
export function rewrite(text: string, pattern: RegExp, matched: (match: string) => string, between: (stretch: string) => string): string {
  let rewritten = "";
  let position = 0;
  for (const match of text.matchAll(pattern)) {
    rewritten += between(text.slice(position, match.index)) + matched(match[0]);
    position = match.index + match[0].length;
  }
  return rewritten + between(text.slice(position));
}

const escapeStretch = (stretch: string): string =>
  stretch
    .replace(/&(?!amp;|lt;|gt;)/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;");

/** Text as Slack stores it: `&`, `<` and `>` are entities wherever they are not part of a mention or link. */
export const escapeText = (text: string): string => rewrite(text, tokenPattern, (token) => token, escapeStretch);

export const unescapeText = (text: string): string => text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");

/** What a person typed, as Slack's composer sends it: `@name` becomes a mention and a bare address a link, outside code. */
export function linkTypedText(text: string, userByName: (name: string) => string | undefined): string {
  const linkStretch = (stretch: string): string =>
    stretch
      .replace(/(?<![\w@/.])@([a-z0-9][a-z0-9._-]*[a-z0-9])/gi, (written, name: string) => {
        const user = userByName(name.toLowerCase());
        return user === undefined ? written : `<@${user}>`;
      })
      .replace(/(?<![\w"'=]|\]\()https?:\/\/[^\s<>|"']+[^\s<>|"'.,;:!?)\]]/g, (address) => `<${address}>`);
  return rewrite(
    text,
    codePattern,
    (code) => code,
    (prose) => rewrite(prose, tokenPattern, (token) => token, linkStretch),
  );
}
