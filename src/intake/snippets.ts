import type { SourceRef } from "../model/source.js";

const fence = "```";

/** Takes the fenced blocks out of a message. A block that nobody closed goes to the end; an empty one is none. */
export function takeSnippets(text: string): { readonly snippets: Extract<SourceRef, { kind: "snippet" }>[]; readonly rest: string } {
  const snippets: Extract<SourceRef, { kind: "snippet" }>[] = [];
  const parts = text.split(fence);
  for (let at = 1; at < parts.length; at += 2) {
    const snippet = readBlock(parts[at] ?? "");
    if (snippet.text.trim() !== "") snippets.push(snippet);
  }
  return { snippets, rest: parts.filter((_, at) => at % 2 === 0).join("\n") };
}

/** A first line of one word right after the fence is the language. */
function readBlock(block: string): Extract<SourceRef, { kind: "snippet" }> {
  const tagged = /^([A-Za-z][\w+#-]{0,20})[ \t]*\r?\n/.exec(block);
  const language = tagged === null ? null : (tagged[1] ?? "").toLowerCase();
  const text = tagged === null ? block.replace(/^[ \t]*\r?\n/, "") : block.slice(tagged[0].length);
  return { kind: "snippet", text: text.replace(/\s+$/, "\n"), language };
}
