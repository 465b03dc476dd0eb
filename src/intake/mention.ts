/** What a message's mentions say about whom it is meant for. Mentions inside code and quotes address nobody. */
export interface Addressing {
  readonly guard: boolean;
  readonly startsWithOther: boolean;
}

const code = /```[\s\S]*?(?:```|$)|`[^`\n]*`/g;
const quote = /^&gt;.*$/gm;

/** Reads a message's Slack text for mentions of Guard (`self` is its user id) and of others. */
export function readAddressing(text: string, self: string): Addressing {
  const spoken = text.replace(code, " ").replace(quote, " ");
  const first = /^\s*<@([A-Z0-9]+)(?:\|[^>]*)?>/.exec(spoken);
  const broadcastFirst = /^\s*<!(?:here|channel|everyone|subteam\^[A-Z0-9]+)(?:\|[^>]*)?>/.test(spoken);
  return { guard: mentionOf(self).test(spoken), startsWithOther: broadcastFirst || (first !== null && first[1] !== self) };
}

/** The words of a Slack text: Guard's own mention gone, links and channels as a person reads them, entities unescaped. */
export function cleanText(text: string, self: string): string {
  return unescapeEntities(
    text.replace(mentionOf(self), " ").replace(/<([^<>\n]+)>/g, (whole, inside: string) => readToken(inside) ?? whole),
  )
    .replace(/[ \t]+$/gm, "")
    .trim();
}

function mentionOf(user: string): RegExp {
  return new RegExp(`<@${user}(?:\\|[^>]*)?>[ \\t]*[:,]?`, "g");
}

function readToken(inside: string): string | null {
  const [target = "", label] = inside.split("|", 2);
  if (target.startsWith("@")) return `@${label ?? target.slice(1)}`;
  if (target.startsWith("#")) return `#${label ?? target.slice(1)}`;
  if (target.startsWith("!")) return label ?? `@${target.slice(1)}`;
  if (target.startsWith("mailto:")) return label ?? target.slice("mailto:".length);
  // Slack links bare names that look like domains (`urls.py`): the label is what was typed.
  if (label !== undefined && (target === `http://${label}` || target === `https://${label}`)) return label;
  return /^[a-z][a-z0-9+.-]*:/i.test(target) ? target : null;
}

function unescapeEntities(text: string): string {
  return text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
}
