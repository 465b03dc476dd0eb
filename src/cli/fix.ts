import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { analyse } from "../app/analyse.js";
import { fixProject, type FixedProject } from "../app/fix.js";
import { confidences } from "../model/finding.js";
import type { ProofStep } from "../model/patch.js";
import { rules } from "../rules/registry.js";
import type { Console } from "./console.js";
import type { FixFlags } from "./flags.js";
import { couldNot, ran, type Outcome } from "./outcome.js";
import { openTreeOf, repositoryOf } from "./repository.js";
import { withSession } from "./session.js";
import { unknownRule } from "./unknown-rule.js";

/** `guard fix`: one diff of all proved patches. Files are touched only with --write. */
export async function fixCommand(location: string, flags: FixFlags, console: Console): Promise<Outcome> {
  const unknown = flags.rule?.find((id) => !rules.some((rule) => rule.id === id));
  if (unknown !== undefined) return couldNot(unknownRule(unknown));
  return withSession(console, { useCache: true }, async (session) => {
    const repository = repositoryOf(location, session.configuration);
    const opened = await openTreeOf(repository, flags.ref ?? null, session.openTree, console.signal);
    if (opened.kind === "failed") return couldNot(opened.sentence);
    const { tree } = opened;
    if (flags.write && !tree.workingTree)
      return couldNot(`${tree.root} is read from a commit, so there is nothing to write to: give a folder without --ref, or use --patch.`);
    const decisions = await session.memory.decisionsFor(repository.name);
    const analysis = await analyse(tree, session.analysis, { report: console.report, signal: console.signal, decisions });
    const wanted = analysis.audit.findings.filter(
      ({ rule, confidence, decision }) =>
        decision === null &&
        (flags.rule?.includes(rule) ?? true) &&
        confidences.indexOf(confidence) <= confidences.indexOf(flags.minConfidence),
    );
    const fixed = await fixProject(analysis, wanted, { parse: await session.parser(), format: session.elixir.format });
    return deliver(fixed, tree.root, flags, console);
  });
}

async function deliver(fixed: FixedProject, root: string, { write, patch }: FixFlags, console: Console): Promise<Outcome> {
  for (const { title, path, proof } of fixed.refused) console.warn(`Not offered, because ${whyNot(proof)}: ${title} (${path}).`);
  for (const { title, path } of fixed.left)
    console.warn(`Left for the next run, because another patch changes the same lines: ${title} (${path}).`);
  if (patch !== undefined) {
    await writeFile(patch, fixed.diff);
    return ran(summary(fixed, `written to ${patch}`));
  }
  if (!write) return ran(fixed.diff);
  for (const { path, after } of fixed.files) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), after);
  }
  return ran(summary(fixed, "made"));
}

function summary({ taken, files }: FixedProject, done: string): string {
  const lines = taken.map(({ path, title }) => `  ${path}: ${title}\n`);
  return `${taken.length} ${taken.length === 1 ? "patch" : "patches"} in ${files.length} ${files.length === 1 ? "file" : "files"} ${done}.\n${lines.join("")}`;
}

function whyNot(proof: FixedProject["refused"][number]["proof"]): string {
  const steps = Object.keys(proof) as ProofStep[];
  const failed = steps.map((step) => proof[step]).find(({ answer }) => answer === "no");
  return failed?.answer === "no" ? failed.why : "a step failed";
}
