import { describe, expect, it } from "vitest";
import { createRedactor, redact, secretsIn } from "../../src/model/redact.js";

/** Put together here so that no scanner takes this file for a leak. */
const joined = (...parts: readonly string[]) => parts.join("");
const letters = "AbCd1234EfGh5678IjKl9012";

describe("hiding secrets", () => {
  it.each([
    ["anthropic_key", joined("sk-", "ant-", "api03-", letters)],
    ["github_token", joined("gh", "p_", letters, letters)],
    ["github_token", joined("github", "_pat_", letters, "_", letters)],
    ["slack_token", joined("xox", "b-", "123456789012-", letters)],
    ["aws_key", joined("AK", "IA", "ABCDEFGHIJKLMNOP")],
    ["stripe_key", joined("sk", "_live_", letters)],
    ["jwt", joined("ey", "J", letters, ".", letters, ".", letters)],
  ])("replaces a %s and keeps no part of it", (kind, secret) => {
    const hidden = redact(`before ${secret} after`);
    expect(hidden).toBe(`before [redacted:${kind}] after`);
  });

  it("hides a private key over many lines and keeps the lines below under their numbers", () => {
    const key = ["-----BEGIN RSA PRIVATE ", "KEY-----\n", letters, "\n", letters, "\n-----END RSA PRIVATE ", "KEY-----"].join("");
    const hidden = redact(`first\n${key}\nlast`);
    expect(hidden).not.toContain(letters);
    expect(hidden.split("\n")).toHaveLength(`first\n${key}\nlast`.split("\n").length);
    expect(hidden.split("\n").at(-1)).toBe("last");
  });

  it("hides the credentials of a URL and keeps the host", () => {
    expect(redact(joined("ecto://", "shop:", "hunter22", "@db.internal/shop"))).toBe("ecto://[redacted:url_credentials]@db.internal/shop");
  });

  it.each([
    [`secret_key_base: "${letters}"`, 'secret_key_base: "[redacted:secret]"'],
    [`config :shop, :api_key, "${letters}"`, 'config :shop, :api_key, "[redacted:secret]"'],
    [`@password "${letters}"`, '@password "[redacted:secret]"'],
    [`%{"access_token" => "${letters}"}`, '%{"access_token" => "[redacted:secret]"}'],
    [`api_token = "${letters}"`, 'api_token = "[redacted:secret]"'],
    [`secret_key_base:\n  "${letters}"`, 'secret_key_base:\n  "[redacted:secret]"'],
    [`System.get_env("STRIPE_SECRET", "${letters}")`, 'System.get_env("STRIPE_SECRET", "[redacted:secret]")'],
    [`System.get_env("SECRET_KEY_BASE") || "${letters}"`, 'System.get_env("SECRET_KEY_BASE") || "[redacted:secret]"'],
    ['password: "letmeinplease"', 'password: "[redacted:secret]"'],
  ])("hides a value under a secret's name: %s", (written, hidden) => {
    expect(redact(written)).toBe(hidden);
  });

  it.each([
    'password: "can\'t be blank"',
    'System.fetch_env!("SECRET_KEY_BASE")',
    'secret_key_base: System.fetch_env!("SECRET_KEY_BASE")',
    'token_path: "/session/token"',
    'field :password, source: "user_password"',
    'password: "#{generated}"',
    "@token_lifetime 3600",
    '@token_alphabet "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef0123456789"',
    'encode_and_sign(user, %{}, token_type: "access")',
    'from token in token_and_context_query(token, "session")',
    'def delete(conn, %{"token" => token, "confirmed" => _}) do',
    'add_error(changeset, :password, "invalid")',
    "postgres://USER:PASS@HOST/DATABASE",
    '"ecto://#{user}:#{password}@#{host}/shop"',
    "def token(conn), do: conn.assigns.token",
  ])("leaves code that only names a secret alone: %s", (code) => {
    expect(redact(code)).toBe(code);
  });

  it("hides nothing twice", () => {
    const once = redact(`api_key: "${letters}"`);
    expect(redact(once)).toBe(once);
  });

  it("does not take a password that is a word out of other sentences", () => {
    const redactor = createRedactor(secretsIn('password: "postgres"'));
    expect(redactor('password: "postgres" runs on postgres')).toBe('password: "[redacted:secret]" runs on postgres');
  });

  it("hides a known secret where it stands without its name", () => {
    const redactor = createRedactor(secretsIn(`api_key: "${letters}"`));
    expect(redactor(`the value ${letters} is sent`)).toBe("the value [redacted:secret] is sent");
  });
});
