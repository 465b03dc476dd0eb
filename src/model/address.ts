/** What a repository address is, told by its form alone. */
export type Address =
  | { readonly kind: "remote"; readonly url: string }
  /** A `file://` URL: `path` is the folder it names. */
  | { readonly kind: "file"; readonly url: string; readonly path: string }
  | { readonly kind: "folder"; readonly path: string }
  | { readonly kind: "refused"; readonly sentence: string };

const remedy = "use an https:// or ssh:// URL";

/** Judges a repository address by its form: nothing that reads as an option, a helper program, an open protocol or a secret passes. */
export function judgeAddress(address: string): Address {
  if (address === "" || address.length > 2000 || /\p{Cc}/u.test(address)) {
    return refused("The repository address is empty, too long or has control characters", `${remedy} or a folder`);
  }
  if (address.startsWith("-")) return refused(`${shown(address)} reads as an option, not as a repository`, remedy);
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(address)) return judgeUrl(address);
  if (/^[a-z][a-z0-9+.-]*::/i.test(address)) return refused(`${shown(address)} names a helper program`, remedy);
  if (/^[A-Za-z0-9_][A-Za-z0-9._-]*@[A-Za-z0-9][A-Za-z0-9.-]*:[^-:\s]\S*$/.test(address)) return { kind: "remote", url: address };
  return { kind: "folder", path: address };
}

function judgeUrl(address: string): Address {
  if (!URL.canParse(address) || /\s/.test(address)) return refused(`${shown(address)} is not a well-formed URL`, remedy);
  const url = new URL(address);
  if (url.protocol === "file:") return judgeFileUrl(url);
  if (url.protocol !== "https:" && url.protocol !== "ssh:") {
    return refused(`${shown(address)} uses ${url.protocol}//, which Guard does not fetch from`, remedy);
  }
  if (url.hostname === "" || url.hostname.startsWith("-") || url.username.startsWith("-") || /^\/(?:-|%2d)/i.test(url.pathname)) {
    return refused(`${shown(address)} is not a repository address`, remedy);
  }
  if (url.password !== "" || (url.protocol === "https:" && url.username !== "")) {
    return refused(`The address of ${url.host}${shown(url.pathname)} carries credentials`, "take them out and use an ssh key or ~/.netrc");
  }
  return { kind: "remote", url: address };
}

function judgeFileUrl(url: URL): Address {
  if (url.host !== "") return refused(`${shown(url.href)} names another machine`, remedy);
  if (/%(?:2f|5c|[01][0-9a-f]|7f)/i.test(url.pathname)) return refused(`${shown(url.href)} hides characters in its path`, remedy);
  try {
    return { kind: "file", url: url.href, path: decodeURIComponent(url.pathname) };
  } catch {
    return refused(`${shown(url.href)} is not a well-formed URL`, remedy);
  }
}

function refused(what: string, instead: string): Address {
  return { kind: "refused", sentence: `${what}: ${instead}.` };
}

/** Text from outside as it may stand in a sentence: one line, short, without credentials. */
export function shown(text: string): string {
  const clean = text.replace(/\/\/[^/@\s]*@/, "//").replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, "?");
  return clean.length > 120 ? `${clean.slice(0, 117)}…` : clean;
}
