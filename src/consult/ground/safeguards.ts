/** A proposal that takes a safeguard away: what a text in the code would ask for, and no review should. */
const weakens =
  /\b(?:remove|delete|disable|skip|drop|bypass|turn off|switch off|comment out|weaken|relax|whitelist|allow-?list)\b[^.]{0,60}\b(?:auth\w*|log-?in|csrf|forgery|verif\w+|signature|guard|permission|polic(?:y|ies)|encrypt\w+|ssl|tls|rate.?limit\w*|sandbox|sobelow|credo|guard:ignore|firewall|password|security)/i;
const openings =
  /verify:\s*:verify_none|check_origin:\s*false|\bwithout (?:authentication|authorisation|authorization|a login)\b|guard:ignore|sobelow_skip|credo:disable/i;

/** Calls that act outside the program, or run what they are given. */
const powers =
  /\b(?:System\.(?:cmd|shell|halt|put_env|get_env|fetch_env)|:os\.\w+|Port\.open|Code\.(?:eval\w*|compile\w*)|:erlang\.\w+|binary_to_term|File\.(?:rm\w*|write\w*|cp\w*|read\w*)|:httpc|HTTPoison|Req\.\w+|Finch|Tesla|:gen_tcp|Repo\.delete_all|Node\.\w+|:rpc)\b|\bapply\(|[a-z][a-z0-9+.-]*:\/\//g;

/** Whether a fix asks for less safety than there is. */
export function takesSafeguardAway(sentence: string): boolean {
  return weakens.test(sentence) || openings.test(sentence);
}

/** The same for what is no fix and yet gives an order. */
export function ordersSafeguardAway(sentence: string): boolean {
  return (
    /^\W*(?:please\s+)?(?:set|use|add|put|write|remove|delete|disable|skip|drop|bypass|turn|switch|comment|allow)\b/i.test(sentence) &&
    takesSafeguardAway(sentence)
  );
}

/** Whether code does more to the world than the code it stands in for. */
export function doesMore(replacement: string, original: string): boolean {
  const known = new Set(original.match(powers) ?? []);
  return (replacement.match(powers) ?? []).some((power) => !known.has(power)) || openings.test(replacement);
}

/** A long run of letters and digits that is no word: something encoded. */
export function holdsEncodedText(sentence: string, isKnown: (word: string) => boolean): boolean {
  return (sentence.match(/[A-Za-z0-9+/_=-]{24,}/g) ?? []).some(
    (run) => (/\d/.test(run) || (/[a-z][A-Z]/.test(run) && !run.includes("_"))) && !/^[a-z0-9_/-]+$/.test(run) && !isKnown(run),
  );
}
