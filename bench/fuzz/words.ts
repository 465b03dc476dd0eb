import type { Random } from "./random.js";

/** Texts that have broken readers before: empty, huge, half a character, control characters, markup, options, paths that lead out. */
export const nasty: readonly string[] = [
  "",
  " ",
  "\u0000",
  "\ud800",
  "\u202e\u200b\ufeff",
  "x".repeat(50_000),
  "(".repeat(5_000),
  "`".repeat(3_001),
  "<@UGUARD>".repeat(500),
  "<!channel>",
  "<https://example.com|`x`>",
  "../../../../etc/passwd",
  "/etc/passwd",
  "--upload-pack=touch /tmp/x",
  "-rf",
  "HEAD^{/x}",
  "main@{upstream}",
  "refs/../../x",
  "__proto__",
  "constructor",
  "%2e%2e%2f%2e%2e%2f",
  "lib/a.ex:999999999999999999999-1",
  "lib/\n/a.ex",
  "https://github.com/a/b/blob/main/../../x#L1-L0",
  "a".repeat(300) + "/" + "b".repeat(300) + ".ex",
  "Elixir." + "A.".repeat(2_000) + "B",
  "reject 99999999999999999999999 because",
  "😀".repeat(1_000),
];

/** Cuts, doubles, swaps or spoils a text at a few places. */
export function mutate(text: string, random: Random): string {
  let result = text;
  for (let times = 1 + random.below(4); times > 0; times -= 1) {
    const at = random.below(result.length + 1);
    const length = random.below(Math.min(40, result.length - at) + 1);
    const part = result.slice(at, at + length);
    result = random.one([
      () => result.slice(0, at) + result.slice(at + length),
      () => result.slice(0, at) + part + part + result.slice(at + length),
      () => result.slice(0, at) + random.one(nasty).slice(0, 200) + result.slice(at),
      () =>
        result.slice(0, at) +
        random.one(["end", "do", "fn ->", '"""', '"', "#{", "}", "~s(", "|>", "%{", "<%=", "\\", "\r", "\t"]) +
        result.slice(at),
      () => result.slice(0, at),
      () => result.slice(at) + result.slice(0, at),
    ])();
  }
  return result;
}
