const secretName =
  /(^|_)(secret|secret_key|secret_key_base|passw(or)?d|passphrase|token|api_?key|access_?key|priv(ate)?_?key|encryption_?key|auth_?key|master_?key|credentials?)(_base)?$/i;
const notSecret =
  /salt|public|_url$|_path$|_file$|_id$|_header|_name$|_field|_type|_ttl|expir|length|prefix|module|regex|csrf|reset_password_token|page_token|next_token|token_endpoint|_param$/i;
const placeholder =
  /change|example|secret|test|dummy|placeholder|your|todo|fixme|xxx|fake|sample|replace|default|insert|password|postgres|mysql|admin|localhost|none|null|redacted|not[-_ ]?set|dev(elopment)?|super|foo|bar|lorem|please|abcdef|123456|\.\.\.|\*\*\*|<|\{|\$/i;

const vendorShapes: readonly { readonly kind: string; readonly pattern: RegExp }[] = [
  { kind: "a private key", pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----/ },
  { kind: "a Stripe live key", pattern: /^(sk|rk)_live_[A-Za-z0-9]{8,}$/ },
  { kind: "a Stripe webhook secret", pattern: /^whsec_[A-Za-z0-9]{16,}$/ },
  { kind: "an AWS access key", pattern: /^(AKIA|ASIA)[A-Z0-9]{16}$/ },
  { kind: "a GitHub token", pattern: /^(gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,})$/ },
  { kind: "a Slack token", pattern: /^(xox[a-z]-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{10,})$/ },
  { kind: "a Google API key", pattern: /^AIza[A-Za-z0-9_-]{30,}$/ },
  { kind: "a SendGrid key", pattern: /^SG\.[\w-]{16,}\.[\w-]{16,}$/ },
];

/** Whether a key's name says that its value is a secret. */
export function namesSecret(name: string): boolean {
  const plain = name.replace(/^[:@]/, "");
  return secretName.test(plain) && !notSecret.test(plain);
}

/** What a literal is when its shape alone gives it away, else null. */
export function vendorSecret(value: string): string | null {
  return vendorShapes.find(({ pattern }) => pattern.test(value))?.kind ?? null;
}

/** Whether a literal under a secret's name was drawn at random rather than written as a stand-in. */
export function looksRandom(value: string): boolean {
  if (value.length < 12 || /\s/.test(value) || placeholder.test(value) || /^[a-z_.\-/:]+$/i.test(value)) return false;
  // Keys that are meant to be seen, and a captcha provider's own test key.
  if (/^(phc_|pk_|pk\.|pub|6LeIxAcTAAAA)/.test(value)) return false;
  if (/^[A-Z][A-Z0-9_]*$/.test(value) && value.includes("_")) return false;
  return bitsPerCharacter(value) >= 3;
}

/** Whether a password somebody chose, and not one that stands for another or comes with the software. */
export function looksChosen(value: string): boolean {
  return value.length >= 6 && !/\s/.test(value) && !placeholder.test(value) && !/^(.)\1*$/.test(value);
}

/** Credentials written into a URL (`scheme://user:password@host`), when neither they nor the host are stand-ins. */
export function urlCredentials(value: string): boolean {
  const found = /^[a-z][a-z0-9+.-]*:\/\/(?<user>[^:/@\s]+):(?<password>[^@/\s]+)@(?<host>[^/:\s?]+)/i.exec(value)?.groups;
  if (found === undefined) return false;
  const { user = "", password = "", host = "" } = found;
  const local =
    /^(localhost|127\.|0\.0\.0\.0|db|postgres|mysql|redis|rabbitmq|host|.*\.(local|test|example|internal|example\.(com|org)))$|^127\.|example/i;
  return (
    !local.test(host) &&
    !placeholder.test(password) &&
    !/^(guest|postgres|user|username|admin|root|pass|public|key)$/i.test(password) &&
    password !== user
  );
}

/** Shannon entropy: random base64 and hex lie above 3, words and repetitions below. */
function bitsPerCharacter(value: string): number {
  const counts = new Map<string, number>();
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum - (count / value.length) * Math.log2(count / value.length), 0);
}
