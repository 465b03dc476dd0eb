/** What a hidden secret was. */
export const secretKinds = [
  "private_key",
  "anthropic_key",
  "github_token",
  "slack_token",
  "aws_key",
  "stripe_key",
  "jwt",
  "url_credentials",
  "secret",
] as const;
export type SecretKind = (typeof secretKinds)[number];

interface SecretPattern {
  readonly kind: SecretKind;
  /** The group `secret` holds what is replaced; what surrounds it is kept. */
  readonly pattern: RegExp;
  /** Decides by the match and the secret whether it is one; always when absent. */
  readonly isSecret?: (whole: string, secret: string) => boolean;
}

const names =
  "(?:secret|passw(?:or)?d|passphrase|token|api_?key|access_?key|secret_?key|private_?key|encryption_?key|signing_?(?:key|salt))(?:_base|_value)?";
/** `name: "…"`, `"name" => "…"`, `name = "…"`, `@name "…"`, `:name, "…"`, and what an environment variable falls back to. */
const assigned = `(?<![\\w@])[\\w@]*${names}["']?\\s*(?::|=>|=)\\s*|@\\w*${names}[ \\t]+|:\\w*${names},\\s*|get_env\\("\\w*${names}"(?:,|\\)\\s*\\|\\|)\\s*`;

const patterns: readonly SecretPattern[] = [
  {
    kind: "private_key",
    pattern: /(?<secret>-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----[\s\S]*?(?:-----END (?:[A-Z0-9]+ )*PRIVATE KEY-----|$))/g,
  },
  { kind: "anthropic_key", pattern: /(?<secret>sk-ant-[A-Za-z0-9_-]{8,})/g },
  { kind: "github_token", pattern: /(?<secret>gh[pousr]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{16,})/g },
  { kind: "slack_token", pattern: /(?<secret>xox[a-z]-[A-Za-z0-9-]{8,}|xapp-[A-Za-z0-9-]{8,})/g },
  { kind: "aws_key", pattern: /\b(?<secret>(?:AKIA|ASIA)[A-Z0-9]{16})\b/g },
  { kind: "stripe_key", pattern: /\b(?<secret>(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{8,}|whsec_[A-Za-z0-9]{8,})/g },
  { kind: "jwt", pattern: /\b(?<secret>eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*)/g },
  {
    kind: "url_credentials",
    pattern: /\b[a-z][a-z0-9+.-]*:\/\/(?<secret>[^\s:@/"'#[]*:[^\s@/"'#[]+)@/gi,
    isSecret: (_whole, secret) => !/^[A-Z_]*:[A-Z_]+$/.test(secret),
  },
  {
    kind: "secret",
    pattern: new RegExp(`(?:${assigned})["'](?<secret>[^"'\\s#]{6,})["']`, "gi"),
    isSecret: (whole, secret) =>
      !namesSomething(secret) && (!isPlainWord(secret) || /^\w*(?:secret|passw(?:or)?d|passphrase)\w*["']?\s*[:=]/i.test(whole)),
  },
];

/** A value under a secret's name that only names something: a path, a URL, an environment variable, `user_password`. */
function namesSomething(value: string): boolean {
  return (
    value.startsWith("[redacted:") ||
    /^(?:\/|https?:|\.|%)/.test(value) ||
    /^[A-Z][A-Z0-9_]*$/.test(value) ||
    (/^[a-z][a-z_.-]*$/.test(value) && new RegExp(names).test(value))
  );
}

/** Words people write (`session`, `form_post`, `Bearer`): as a token or key they are a kind or a name. */
function isPlainWord(value: string): boolean {
  return /^[A-Z]?[a-z]+(?:[_.:-][a-z]*)*$/.test(value);
}

/** Keeps the line count of a secret that spans lines. */
function replacement(kind: SecretKind, secret: string): string {
  return `[redacted:${kind}]${"\n".repeat(secret.split("\n").length - 1)}`;
}

function replaceSecrets(text: string, replace: (kind: SecretKind, secret: string) => string): string {
  return patterns.reduce(
    (current, { kind, pattern, isSecret }) =>
      current.replace(pattern, (...found: unknown[]) => {
        const whole = String(found[0]);
        const { secret } = found.at(-1) as { readonly secret: string };
        if (isSecret?.(whole, secret) === false) return whole;
        const at = whole.lastIndexOf(secret);
        return whole.slice(0, at) + replace(kind, secret) + whole.slice(at + secret.length);
      }),
    text,
  );
}

/** The text with every secret replaced as `[redacted:kind]`, no part of it kept; lines keep their numbers. */
export function redact(text: string): string {
  return replaceSecrets(text, replacement);
}

/** Every secret value in a text with its kind, in no particular order. */
export function secretsIn(text: string): ReadonlyMap<string, SecretKind> {
  const found = new Map<string, SecretKind>();
  replaceSecrets(text, (kind, secret) => {
    found.set(secret, kind);
    return replacement(kind, secret);
  });
  return found;
}

/** Whether a value is so unlike words that hiding it wherever it stands takes nothing else away. */
function isUnmistakable(value: string): boolean {
  return value.length >= 8 && /\d|[a-z][A-Z]/.test(value) && /[A-Za-z]/.test(value);
}

/** A redactor that also knows the secrets of the given texts, so that one quoted without its name is still hidden. */
export function createRedactor(known: ReadonlyMap<string, SecretKind>): (text: string) => string {
  const values = [...known].filter(([secret]) => isUnmistakable(secret)).sort(([left], [right]) => right.length - left.length);
  return (text) => {
    let result = redact(text);
    for (const [secret, kind] of values) result = result.split(secret).join(replacement(kind, secret));
    return result;
  };
}
