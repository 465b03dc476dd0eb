import type { Consultation } from "../model/consultation.js";
import type { Intervention } from "../model/intervention.js";
import { createRedactor, secretsIn } from "../model/redact.js";
import type { SecretKind } from "../model/redact.js";
import { textAt } from "./lines.js";

/** The intervention as it may leave: every secret of every file it quotes is replaced wherever it stands, patches included. */
export function hideSecrets(consultation: Consultation, intervention: Intervention): Intervention {
  return everywhere(intervention, createRedactor(knownSecrets(consultation))) as Intervention;
}

function knownSecrets(consultation: Consultation): ReadonlyMap<string, SecretKind> {
  const secrets = new Map<string, SecretKind>();
  const paths = new Set([
    ...consultation.sources.map((source) => source.path),
    ...consultation.patches.map((patch) => patch.path),
    ...consultation.findings.flatMap((finding) => [finding.place.path, ...finding.evidence.map((step) => step.place.path)]),
  ]);
  for (const path of paths) for (const [secret, kind] of secretsIn(textAt(consultation, path) ?? "")) secrets.set(secret, kind);
  for (const finding of consultation.findings)
    if (finding.cwe.some((id) => credentials.has(id))) for (const literal of literalsIn(finding.text)) secrets.set(literal, "secret");
  return secrets;
}

/** A detector for credentials in the code knows better than a pattern what is one. */
const credentials = new Set(["CWE-798", "CWE-259", "CWE-321"]);

function literalsIn(text: string): string[] {
  return [...text.matchAll(/["']([^"'\s#{}]{6,})["']/g)].map(([, literal]) => literal ?? "");
}

function everywhere(value: unknown, redactor: (text: string) => string): unknown {
  if (typeof value === "string") return redactor(value);
  if (Array.isArray(value)) return value.map((item) => everywhere(item, redactor));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, everywhere(item, redactor)]));
}
