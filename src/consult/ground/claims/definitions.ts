import { supervisorsOf } from "../../../project/supervisors-of.js";
import { testsOf } from "../../../project/tests-of.js";
import { namedFunctions, subjectOf } from "./claim.js";
import type { Judged, Refute } from "./claim.js";

/** Claims that a process has no supervisor, a function no test, no callers, no documentation, or that it is not there. */
export const definitionRefutations: readonly Refute[] = [supervised, tested, called, defined, documented, depended];

function supervised(claim: Judged): string | null {
  if (
    !/\bunsupervised\b|\b(?:not|isn't|never)\s+(?:\w+\s+){0,2}supervis|\b(?:no|without(?: an?)?|outside (?:an?|any|the))\s+supervis|\bstays? dead\b/i.test(
      claim.text,
    )
  )
    return null;
  const { project } = claim.consultation;
  const named = project.processes.filter((process) => process.path === claim.path || claim.text.includes(process.module));
  const places = named.map((process) => supervisorsOf(project, process.module)[0]);
  return named.length === 0 || places.includes(undefined) ? null : `${named[0]?.module} is started under a supervisor (${places[0]?.path})`;
}

function tested(claim: Judged): string | null {
  if (
    !/\buntested\b|\b(?:no|without(?: an?)?|missing|lacks?(?: an?)?)\s+(?:\w+\s+)?tests?\b|\bnot\s+(?:\w+\s+)?tested\b|\bno tests? (?:covers?|calls?|exists?)/i.test(
      claim.text,
    )
  )
    return null;
  const { project } = claim.consultation;
  const functions = namedFunctions(claim);
  const modules = [...project.modules.values()].filter(({ name }) =>
    new RegExp(`\\b${name.replace(/\./g, "\\.")}\\b(?!\\.[a-zA-Z])`).test(claim.text),
  );
  const subjects = functions.length > 0 ? functions.map(({ id }) => id) : modules.map(({ name }) => name);
  const tests = subjects.map((subject) => testsOf(project, subject)[0]);
  if (subjects.length === 0 || tests.includes(undefined)) return null;
  return `${subjects[0]} is called by a test (${tests[0]?.path})`;
}

function called(claim: Judged): string | null {
  if (
    !/\bunused\b|\bnever called\b|\bdead code\b|\bno (?:one|body|thing)? ?(?:calls|callers?)\b|\bno callers?\b|\bnothing calls\b|\bnot (?:called|used) (?:anywhere|by any)/i.test(
      claim.text,
    )
  )
    return null;
  const subject = subjectOf(claim);
  const site =
    subject === null ? undefined : claim.consultation.project.callers.get(subject.id)?.find(({ caller }) => caller !== subject.id);
  return site === undefined ? null : `${subject?.id} is called by ${site.caller} (${site.path})`;
}

function defined(claim: Judged): string | null {
  const { project } = claim.consultation;
  const missing =
    /\b(?:no|not define|not implement|does not have|lacks?(?: an?| the)?|missing(?: an?| the)?|without an?)\s+(?:clause (?:of|for) )?(?:callback )?`?([a-z_]\w*[?!]?)\/(\d+)/i.exec(
      claim.text,
    );
  if (missing === null) return null;
  const [, name, arity] = missing;
  const here = [...project.modules.values()].filter(({ path, name: module }) => path === claim.path || claim.text.includes(module));
  const owner = here.find(({ name: module }) => project.functions.has(`${module}.${name}/${arity}`));
  return owner === undefined ? null : `${owner.name} defines ${name}/${arity} (${owner.path})`;
}

function documented(claim: Judged): string | null {
  if (!/\bundocumented\b|\bno (?:documentation|@?doc|@?moduledoc)\b|\bnot documented\b/i.test(claim.text)) return null;
  const subject = subjectOf(claim);
  return subject?.facts.documented === true ? `${subject.id} is documented` : null;
}

/** "The project has no Oban": its `mix.exs` says. */
function depended(claim: Judged): string | null {
  const { dependencies } = claim.consultation.project;
  const [name] = [...dependencies.keys()].filter((dependency) =>
    new RegExp(
      `\\b(?:no|not (?:use|have|depend on|include)|without|lacks|missing)\\s+(?:the )?(?:dependency )?[\`:]*${dependency}\\b(?![./]\\w)`,
      "i",
    ).test(claim.text),
  );
  return name === undefined ? null : `${name} is a dependency of the project`;
}
