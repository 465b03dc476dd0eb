import type { Call, Expression, Operator } from "../../../model/expression.js";
import { contains } from "../../../model/span.js";
import { collect } from "../../../model/walk.js";
import { underscore } from "../../../project/underscore.js";
import { atomOf } from "../../../project/values.js";
import { defineRule, type Match } from "../../define.js";
import { type Callee } from "../../shared/definition-index.js";
import type { Definition } from "../../shared/definitions.js";
import { among, anyOf, definitionsCalling, definitionsNamed, selectedIn } from "../../shared/selections.js";
import { written } from "../../shared/written.js";

type Way = "random" | "hash" | "compare";
type Slots = { way: Way; call: string; secret: string };

const drawing = definitionsCalling(isRandom);
const hashing = among(definitionsCalling(isHash), (definition) => storing.test(definition.function.facts.name));
const comparing = anyOf(
  definitionsCalling(makesMac),
  definitionsNamed((name) => checking.test(name)),
);
const mayTell = anyOf(drawing, hashing, comparing);

export const secretGuessable = defineRule<Slots>({
  id: "secret-guessable",
  title: "A secret is made, kept or compared so that it can be guessed",
  trigger: "critical_pattern",
  area: "security",
  severity: "high",
  cwe: ["CWE-338", "CWE-916", "CWE-208"],
  silencedBy: {},
  fix: "keep-unguessable",
  languages: ["elixir"],
  where: mayTell,
  match(facts, project) {
    const drawn = selectedIn(drawing, facts, project);
    const hashed = selectedIn(hashing, facts, project);
    const compared = selectedIn(comparing, facts, project);
    return selectedIn(mayTell, facts, project).flatMap((definition) => [
      ...(drawn.includes(definition) ? collect(definition.body, "call").flatMap((call) => madeBy(call, definition)) : []).slice(0, 1),
      ...(hashed.includes(definition) ? collect(definition.body, "call").flatMap(hashedBy) : []),
      ...(compared.includes(definition) ? comparedIn(definition) : []),
    ]);
  },
  what: ({ way, call, secret }) =>
    ({
      random: `\`${call}\` makes a secret (\`${secret}\`) from a generator that is meant for shuffling.`,
      hash: `\`${call}\` keeps \`${secret}\` as a fast hash.`,
      compare: `\`${call}\` stops at the first character of \`${secret}\` that differs.`,
    })[way],
  why: ({ way }) =>
    ({
      random: "Its state can be worked out from a few values it gave, and the next ones follow from it.",
      hash: "A stolen table is tried at billions of guesses a second; passwords need a function that is slow on purpose and salted.",
      compare: "The time to the answer tells how much of a guess was right, so a signature can be found piece by piece.",
    })[way],
  instead: ({ way }) =>
    ({
      random:
        "Take it from `:crypto.strong_rand_bytes/1` (`Base.url_encode64(:crypto.strong_rand_bytes(32))`), digits from `:crypto.rand_uniform/2`.",
      hash: "Use `Bcrypt.hash_pwd_salt/1`, `Argon2.hash_pwd_salt/1` or `Pbkdf2.hash_pwd_salt/1`.",
      compare: "Compare with `Plug.Crypto.secure_compare/2`.",
    })[way],
  notWhen: [
    "What is made is no secret: a name, a colour, a delay, a sample, a public code.",
    "A hash identifies content (a checksum, a cache key, an avatar) rather than keeping a password.",
    "Both sides are not secrets, or one is written in the source.",
    "The code is a test, a seed, a demo or a mix task.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Accounts do
  def reset_token do
    Enum.map_join(1..20, fn _ -> Enum.random(~w(a b c d e f)) end)
  end
end
`,
      at: "Enum.random(~w(a b c d e f))",
      good: `defmodule Shop.Accounts do
  def reset_token do
    Base.url_encode64(:crypto.strong_rand_bytes(20))
  end

  def random_colour, do: Enum.random(~w(red green blue))
end
`,
    },
    {
      bad: `defmodule Shop.User do
  import Ecto.Changeset

  def put_password(changeset, password) do
    put_change(changeset, :password_hash, Base.encode16(:crypto.hash(:sha256, password)))
  end
end
`,
      at: ":crypto.hash(:sha256, password)",
      good: `defmodule Shop.User do
  import Ecto.Changeset

  def put_password(changeset, password) do
    put_change(changeset, :password_hash, Bcrypt.hash_pwd_salt(password))
  end

  def avatar(email), do: Base.encode16(:crypto.hash(:md5, email))
end
`,
    },
    {
      bad: `defmodule ShopWeb.Signature do
  def valid_signature?(body, signature, secret) do
    signature == Base.encode16(:crypto.mac(:hmac, :sha256, secret, body))
  end
end
`,
      at: "signature == Base.encode16(:crypto.mac(:hmac, :sha256, secret, body))",
      good: `defmodule ShopWeb.Signature do
  def valid_signature?(body, signature, secret) do
    Plug.Crypto.secure_compare(signature, Base.encode16(:crypto.mac(:hmac, :sha256, secret, body)))
  end
end
`,
    },
  ],
});

const secretName =
  /(^|_)(tokens?|secrets?|passwords?|passphrase|passcode|otp|api_?keys?|nonce|salt|csrf|(activation|verification|confirmation|reset|invite|invitation|login|access|recovery|auth\w*)_(code|link|key))(_|$)/;
const noSecret =
  /jitter|delay|backoff|sleep|sample|shuffle|colou?r|emoji|avatar|bucket|tokeniz|(^|_)count|demo|faker|fake|bench|example|dummy|mock/;
/** What a password is hashed for: to be kept or compared with what is kept. */
const storing = /hash|passw|encrypt|digest|changeset|regist|log_?in|authenticate|verify|check|create|update/;
const checking = /valid|verif|check|auth|match|compare|secret|signature|call/;

function isRandom({ module, function: name }: Callee): boolean {
  return /^(:rand|:random)$/.test(module ?? "") || (module === "Enum" && /^(random|take_random|shuffle)$/.test(name));
}

function isHash({ module, function: name }: Callee): boolean {
  return (module === ":crypto" && name === "hash") || (module === ":erlang" && name === "md5");
}

function makesMac({ module, function: name }: Callee): boolean {
  return module === ":crypto" && /^(mac|hmac)$/.test(name);
}

/** A random value that a name around calls a secret: what it is bound to, the function, the module. */
function madeBy(call: Call, { body, function: entry }: Definition): Match<Slots>[] {
  if (!isRandom(call)) return [];
  const bound = collect(body, "match").flatMap(({ pattern, value }) =>
    pattern.kind === "variable" && contains(value.span, call.span) ? [pattern.name] : [],
  );
  const short = underscore(entry.module.slice(entry.module.lastIndexOf(".") + 1));
  const names = [...bound, entry.facts.name, ...(/^(generate|build|create|new|random|make|gen)/.test(entry.facts.name) ? [short] : [])];
  const secret = names.find((name) => secretName.test(name) && !/seconds|length|size/.test(name));
  if (secret === undefined || names.some((name) => noSecret.test(name)) || noSecret.test(underscore(entry.module))) return [];
  return [matchAt(call, "random", `${call.module ?? ""}.${call.function}`, secret, "high")];
}

function hashedBy(call: Call): Match<Slots>[] {
  if (!isHash(call)) return [];
  const [first, second] = call.arguments;
  const value = call.function === "md5" ? first : second;
  const isFast = call.function === "md5" || /^(md5|sha|sha224|sha256|sha384|sha512)$/.test(atomOf(first) ?? "");
  const name = value === undefined ? null : nameOf(value);
  if (!isFast || name === null || !/(^|_)(password|passwd|passphrase|pin)$/.test(name)) return [];
  return [matchAt(call, "hash", `${call.module ?? ""}.${call.function}`, name, "high")];
}

/** `signature == expected`, where one side is a computed signature and the other was given. */
function comparedIn({ body }: Definition): Match<Slots>[] {
  return collect(body, "operator").flatMap((operator: Operator) => {
    const [left, right] = operator.operands;
    if (!/^===?$/.test(operator.operator) || left === undefined || right === undefined) return [];
    const sides = [left, right].map((side) => ({ side, isMac: isComputed(side, body), name: nameOf(side) }));
    const given = sides.find(({ isMac, name }) => !isMac && name !== null);
    if (!sides.some(({ isMac }) => isMac) || given?.name === undefined || given.name === null) return [];
    const match = matchAt(
      { segment: operator.span },
      "compare",
      `${written(left)} ${operator.operator} ${written(right)}`,
      given.name,
      "medium",
    );
    return [match];
  });
}

/** A message authentication code, made here or bound to the name before. */
function isComputed(side: Expression, body: Expression): boolean {
  if (collect(side, "call").some(makesMac)) return true;
  if (side.kind !== "variable") return false;
  return collect(body, "match").some(
    ({ pattern, value }) => pattern.kind === "variable" && pattern.name === side.name && collect(value, "call").some(makesMac),
  );
}

function nameOf(expression: Expression): string | null {
  if (expression.kind === "variable") return expression.name;
  if (expression.kind !== "access") return null;
  return expression.field ?? (expression.key?.kind === "literal" ? expression.key.value : null);
}

function matchAt(
  { segment: span }: Pick<Call, "segment">,
  way: Way,
  call: string,
  secret: string,
  severity: "high" | "medium",
): Match<Slots> {
  return { span, confidence: "likely", severity, slots: { way, call, secret }, evidence: [] };
}
