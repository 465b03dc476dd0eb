import type { Consultation } from "../model/consultation.js";
import type { Dropped, Figure, Intervention, SectionName } from "../model/intervention.js";
import { sectionNames } from "../model/intervention.js";
import type { ModelAnswer } from "../model/opinion.js";
import { placeOf } from "../model/span.js";
import { openFindings } from "./concern.js";
import { costOf } from "./cost.js";
import { comparisonsOf } from "./figures.js";
import { groundOpinion } from "./ground.js";
import { hideSecrets } from "./hide-secrets.js";
import type { ComposeSection, Matter } from "./matter.js";
import { closingQuestion, optionsOf } from "./options.js";
import { raiseProblems } from "./raise.js";
import { composeDeployment } from "./sections/deployment.js";
import { composeDetection } from "./sections/detection.js";
import { composeDocumentation } from "./sections/documentation.js";
import { composeImplementation } from "./sections/implementation.js";
import { composeMigrations } from "./sections/migrations.js";
import { composeMonitoring } from "./sections/monitoring.js";
import { composePerformance } from "./sections/performance.js";
import { composeRollback } from "./sections/rollback.js";
import { composeSecurity } from "./sections/security.js";
import { composeTests } from "./sections/tests.js";
import { thresholdsReached } from "./triggers.js";
import { verdictOf } from "./verdict.js";

const composers: Readonly<Record<SectionName, ComposeSection>> = {
  detection: composeDetection,
  performance: composePerformance,
  security: composeSecurity,
  implementation: composeImplementation,
  migrations: composeMigrations,
  tests: composeTests,
  documentation: composeDocumentation,
  monitoring: composeMonitoring,
  deployment: composeDeployment,
  rollback: composeRollback,
};

/** What a second reading of Claude's claims came to. */
export interface SecondReading {
  readonly dropped: readonly Dropped[];
  /** One sentence when it was meant to be and could not be made. */
  readonly notice: string | null;
}

const notReadTwice: SecondReading = { dropped: [], notice: null };

/**
 * The whole intervention from findings, patches and project, and from what is left of Claude's answer when one is given.
 * Null means nobody was asked. Every number is counted here; secrets are hidden in everything that leaves.
 */
export function composeIntervention(
  consultation: Consultation,
  answer: ModelAnswer | null,
  second: SecondReading = notReadTwice,
): Intervention {
  const figures = figuresOf(consultation);
  const grounded = answer?.kind === "answered" ? groundOpinion(answer.opinion, consultation, figures) : null;
  const { raised, settled, dropped } = raiseProblems(consultation, grounded?.problems ?? []);
  const shown = new Set(raised.flatMap(({ finding }) => finding?.fingerprint ?? []));
  const matter: Matter = {
    consultation,
    raised,
    patches: consultation.patches.filter((patch) => patch.findings.some((fingerprint) => shown.has(fingerprint))),
    figures,
    fired: thresholdsReached(consultation),
    claude: grounded,
  };
  const problems = raised.map(({ problem }) => problem);
  const options = optionsOf(matter);
  return hideSecrets(consultation, {
    mode: grounded === null ? "offline" : "claude",
    notice: noticeOf(answer) ?? second.notice,
    verdict: verdictOf(consultation, problems, settled.length, grounded !== null),
    sources: consultation.sources.map(({ repository, commit, path, lines, permalink }) => ({ repository, commit, path, lines, permalink })),
    problems,
    ...sectionsOf(matter),
    options,
    patches: matter.patches,
    figures,
    dropped: [...second.dropped, ...(grounded?.dropped ?? []), ...dropped],
    decisions: settled,
    unread: unreadOf(consultation),
    triggersFired: matter.fired,
    question: closingQuestion(matter, options),
    cost: costOf(answer?.usage ?? null, consultation.standards.prices, consultation.at),
  });
}

function noticeOf(answer: ModelAnswer | null): string | null {
  if (answer === null) return null;
  return answer.kind === "answered" ? null : `${answer.sentence} This is from Guard's own detectors.`;
}

function figuresOf(consultation: Consultation): Figure[] {
  return comparisonsOf(consultation, openFindings(consultation.findings)).flatMap(({ before, after }) => [before, after]);
}

function sectionsOf(matter: Matter): Pick<Intervention, "sections" | "omitted"> {
  const sections: Partial<Record<SectionName, string>> = {};
  const left: { section: SectionName; reason: string }[] = [];
  for (const name of sectionNames) {
    const section = composers[name](matter);
    if (section.kind === "said") sections[name] = section.text;
    else left.push({ section: name, reason: section.reason });
  }
  return { sections, omitted: left };
}

function unreadOf(consultation: Consultation): Intervention["unread"] {
  return consultation.sources.flatMap(({ path }) => {
    const facts = consultation.project.files.get(path);
    return (facts?.damage ?? []).map((span) => {
      const { line, endLine } = placeOf(path, facts?.lineStarts ?? [0], span);
      return { path, line, endLine };
    });
  });
}
