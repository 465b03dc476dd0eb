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
  readonly pattern: RegExp;
  /** The capture group that holds the secret itself; what surrounds it is kept. */
  readonly group: number;
}

const secretName =
  "(?:secret|passw(?:or)?d|passphrase|token|api_?key|access_?key|private_?key|encryption_?key|signing_?(?:key|salt)|credentials?)";

const patterns: readonly SecretPattern[] = [
  {
    kind: "private_key",
    pattern: /(-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----[\s\S]*?(?:-----END (?:[A-Z0-9]+ )*PRIVATE KEY-----|$))/g,
    group: 1,
  },
  { kind: "anthropic_key", pattern: /(sk-ant-[A-Za-z0-9_-]{8,})/g, group: 1 },
  { kind: "github_token", pattern: /(gh[pousr]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{16,})/g, group: 1 },
  { kind: "slack_token", pattern: /(xox[a-z]-[A-Za-z0-9-]{8,}|xapp-[A-Za-z0-9-]{8,})/g, group: 1 },
  { kind: "aws_key", pattern: /\b((?:AKIA|ASIA)[A-Z0-9]{16})\b/g, group: 1 },
  { kind: "stripe_key", pattern: /\b((?:sk|rk)_(?:live|test)_[A-Za-z0-9]{8,}|whsec_[A-Za-z0-9]{8,})/g, group: 1 },
  { kind: "jwt", pattern: /\b(eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*)/g, group: 1 },
  { kind: "url_credentials", pattern: /\b[a-z][a-z0-9+.-]*:\/\/([^\s:@/"'#[]*:[^\s@/"'#[]+)@/gi, group: 1 },
  {
    kind: "secret",
    pattern: new RegExp(`[\\w@]*${secretName}\\w*["']?(?:\\s*(?::|=>|=|,)\\s*|\\s+)["']([^"'\\s#]{6,})["']`, "gi"),
    group: 1,
  },
];

/** A value under a secret's name that only names something: a path, a URL, an environment variable, `user_password`. */
function namesSomething(value: string): boolean {
  return (
    value.startsWith("[redacted:") ||
    /^(?:\/|https?:|\.|%)/.test(value) ||
    /^[A-Z][A-Z0-9_]*$/.test(value) ||
    (/^[a-z][a-z_.-]*$/.test(value) && new RegExp(secretName).test(value))
  );
}

/** Keeps the line count of a secret that spans lines. */
function replacement(kind: SecretKind, secret: string): string {
  return `[redacted:${kind}]${"\n".repeat(secret.split("\n").length - 1)}`;
}

function replaceSecrets(text: string, replace: (kind: SecretKind, secret: string) => string): string {
  return patterns.reduce(
    (current, { kind, pattern, group }) =>
      current.replace(pattern, (...found: unknown[]) => {
        const whole = String(found[0]);
        const secret = String(found[group]);
        if (kind === "secret" && namesSomething(secret)) return whole;
        return whole.replace(secret, () => replace(kind, secret));
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

/** A redactor that also knows the secrets of the given texts, so that one quoted without its name is still hidden. */
export function createRedactor(known: ReadonlyMap<string, SecretKind>): (text: string) => string {
  const values = [...known].sort(([left], [right]) => right.length - left.length);
  return (text) => {
    let result = redact(text);
    for (const [secret, kind] of values) result = result.split(secret).join(replacement(kind, secret));
    return result;
  };
}
