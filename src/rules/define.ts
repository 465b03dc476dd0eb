import type { Facts, Language } from "../model/facts.js";
import type { Area, Confidence, Severity, Slots, Trigger } from "../model/finding.js";
import type { Location, Project } from "../model/project.js";
import type { Span } from "../model/span.js";

/** What a matcher found at one place of the file it was given. */
export interface Match<Filled extends Slots = Slots> {
  readonly span: Span;
  readonly slots: Filled;
  readonly confidence: Confidence;
  /** Replaces the rule's own severity where this place deserves another. */
  readonly severity?: Severity;
  /** Other places that make it true, in the order they should be read. */
  readonly evidence: readonly Clue[];
}

export interface Clue {
  readonly at: Location;
  readonly note: string;
  /** Code that is as it should be, named for comparison: whoever reviews it alone is not told of the finding. */
  readonly comparison?: true;
}

/** Paths of files, each once: a set of them, or what is known by path. */
export type Paths = Pick<ReadonlyMap<string, unknown>, "keys">;

/** Source text: one file (its path is `lib/example.ex`), or several by path. */
export type ExampleFiles = string | Readonly<Record<string, string>>;

/** Bad code with the exact text the one finding must point at, and its nearly identical good twin, which must stay silent. */
export interface Example {
  readonly bad: ExampleFiles;
  readonly at: string;
  readonly good: ExampleFiles;
}

/** One thing that can be wrong: how it is found, how it is said, and when it must not be said. Methods, so that every rule fits one list. */
export interface Rule<Filled extends Slots = Slots> {
  /** Kebab-case, says what is wrong. */
  readonly id: string;
  /** The same in a few words, for lists. */
  readonly title: string;
  readonly trigger: Trigger;
  readonly area: Area;
  readonly severity: Severity;
  readonly cwe: readonly string[];
  /** Files it looks at; Elixir and its templates when absent. */
  readonly languages?: readonly Language[];
  /** Checks of other tools whose own ignore comments are honoured for this rule. */
  readonly silencedBy: { readonly credo?: readonly string[]; readonly sobelow?: readonly string[] };
  /** The files that may hold a match, by path; every file of its languages when absent. It spares the others, and changes no finding. */
  where?(project: Project): Paths;
  match(facts: Facts, project: Project): readonly Match<Filled>[];
  what(slots: Filled): string;
  why(slots: Filled): string;
  instead(slots: Filled): string;
  readonly notWhen: readonly string[];
  readonly examples: readonly Example[];
  /** Id of a fix in `fixes/`. */
  readonly fix?: string;
}

/** Checks a rule's parts against each other: a sentence that names a slot the matcher never fills does not compile. */
export function defineRule<Filled extends Slots>(rule: Rule<Filled>): Rule {
  return rule;
}
