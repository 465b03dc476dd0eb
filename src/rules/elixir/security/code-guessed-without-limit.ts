import { outlineOfClause } from "../../../model/outline.js";
import type { FunctionId, Project, ProjectFunction, Route } from "../../../model/project.js";
import { walk } from "../../../model/walk.js";
import { effectsOf } from "../../../project/effects-of.js";
import { reachOf } from "../../../project/reach-of.js";
import { defineRule, type Match } from "../../define.js";
import { perProject } from "../../shared/per-project.js";
import { callsIn, isLimiter, isRouteLimited } from "../../shared/rate-limits.js";
import { definitionsNamed, selectedIn } from "../../shared/selections.js";
import { spoken } from "../../shared/written.js";

type Slots = { function: string; compare: string };

const checking = definitionsNamed((name) => verifies.test(name));

export const codeGuessedWithoutLimit = defineRule<Slots>({
  id: "code-guessed-without-limit",
  title: "A one-time code may be tried any number of times",
  trigger: "missing_auth",
  area: "security",
  severity: "medium",
  cwe: ["CWE-307"],
  silencedBy: {},
  where: checking,
  match(facts, project) {
    const entries = new Set(selectedIn(checking, facts, project).map((definition) => definition.function));
    return [...entries].filter(({ facts: { name } }) => verifies.test(name)).flatMap((entry) => matchOf(entry, project));
  },
  what: ({ function: name, compare }) =>
    `\`${name}\` compares a short code (\`${compare}\`) and keeps no count of failures; no caller limits the tries of one account either.`,
  why: () =>
    "A code of six digits has a million values: whoever asks fast enough while it is valid guesses it, and is in without the mail or the phone it was sent to.",
  instead: () =>
    "Count failures beside the stored code and delete the code after a few (in the same statement, so that parallel tries count), and limit the endpoint by address and by account.",
  notWhen: [
    "It, or what it calls, counts attempts, locks, or deletes the code when it is wrong.",
    "A caller or a plug of its route limits; what limits all requests of an address together allows far more tries than a code stands.",
    "What is compared is a long token: the name says code, passcode, OTP or PIN.",
  ],
  examples: [
    {
      bad: `defmodule Shop.Codes do
  def verify_passcode(user_id, entered) do
    passcode = Shop.Repo.get_by!(Shop.Passcode, user_id: user_id)

    if Plug.Crypto.secure_compare(passcode.code, entered) do
      Shop.Repo.delete!(passcode)
      :ok
    else
      {:error, :invalid_code}
    end
  end
end
`,
      at: "verify_passcode",
      good: `defmodule Shop.Codes do
  def verify_passcode(user_id, entered) do
    passcode = Shop.Repo.get_by!(Shop.Passcode, user_id: user_id)

    if passcode.attempts < 5 and Plug.Crypto.secure_compare(passcode.code, entered) do
      Shop.Repo.delete!(passcode)
      :ok
    else
      Shop.Repo.update!(Shop.Passcode.count_attempt(passcode))
      {:error, :invalid_code}
    end
  end
end
`,
    },
  ],
});

const verifies = /^(verify|validate|check|confirm|consume|use)_\w*(otp|passcode|one_time|totp|pin|code)(_|$|\?|!)/;
const compares = /^(secure_compare|equal\?|verify_pass|check_pass|valid\?|constant_time_compare|compare)$/;
const longCode =
  /country|zip|post(al)?_?code|coupon|promo|invit|discount|voucher|referr?al|error|status|qr|bar_?code|source|language|currency|authorization_code|oauth|auth_code|recovery/;

function matchOf(entry: ProjectFunction, project: Project): Match<Slots>[] {
  const { id, facts } = entry;
  if (longCode.test(facts.name) || !effectsOf(project, id).has("query")) return [];
  const compare = facts.clauses.flatMap((clause) => outlineOfClause(clause).calls).find(({ function: name }) => compares.test(name));
  if (compare === undefined || counts(id, project) || isLimitedByCallers(id, project)) return [];
  const call = compare.module === null ? compare.function : `${spoken(compare.module)}.${compare.function}`;
  const evidence = [{ at: { path: entry.path, span: compare.span }, note: `${call} is all that a wrong code meets` }];
  return [{ span: facts.nameSpan, confidence: "likely", slots: { function: spoken(id), compare: call }, evidence }];
}

/** Names in it, or in what it calls, that count or end the tries. */
function counts(id: FunctionId, project: Project): boolean {
  const named = /attempt|tries|failure|failed|remaining|lock|block|limit|throttl/i;
  return reachOf(id, project, 2).some((reached) => {
    if (named.test(reached) || callsIn(reached, project).some((call) => named.test(call.function) || isLimiter(call.module ?? "")))
      return true;
    return (project.functions.get(reached)?.facts.clauses ?? []).some(({ body }) => {
      let found = false;
      if (body !== null)
        walk(body, (part) => {
          if (part.kind === "access") found ||= named.test(part.field ?? "");
          if (part.kind === "variable") found ||= named.test(part.name);
          if (part.kind === "literal" && part.type === "atom") found ||= named.test(part.value);
          if (part.kind === "keyword") found ||= part.entries.some(({ key }) => named.test(key));
          return !found;
        });
      return found;
    });
  });
}

const furthest = 4;

function isLimitedByCallers(id: FunctionId, project: Project): boolean {
  const seen = new Set([id]);
  let frontier = [id];
  for (let depth = 0; depth < furthest; depth += 1) {
    frontier = [...new Set(frontier.flatMap((callee) => (project.callers.get(callee) ?? []).map(({ caller }) => caller)))];
    frontier = frontier.filter((caller) => !seen.has(caller) && !/Test\./.test(caller));
    for (const caller of frontier) seen.add(caller);
  }
  const callers = [...seen].slice(1);
  return callers.some((caller) => {
    if (limitsTries(caller, project)) return true;
    const module = project.functions.get(caller)?.module ?? "";
    return (routesByModule(project).get(module) ?? []).some((route) => isRouteLimited(route, project));
  });
}

/** It calls a limiter itself; one of the mails it sends, or one that is only reset, leaves the tries as they are. */
function limitsTries(id: FunctionId, project: Project): boolean {
  return callsIn(id, project).some(
    (call) => isLimiter(`${call.module ?? ""}.${call.function}`) && !/reset|mail|deliver/i.test(`${call.module ?? ""}.${call.function}`),
  );
}

const routesByModule = perProject((project) => {
  const byModule = new Map<string, Route[]>();
  for (const route of project.routes) byModule.set(route.module, [...(byModule.get(route.module) ?? []), route]);
  return byModule;
});
