import { cp, mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { FileChange, ProofAnswer } from "../../model/patch.js";
import type { RanProject, RunProject } from "../../model/ports.js";
import type { SourceTree } from "../../model/tree.js";
import { runSandboxed, type Sandboxed } from "./sandbox.js";

export interface RunProjectConfig {
  /** For everything together: the project as it is, and then with each patch. */
  readonly timeoutMs: number;
  readonly command?: string;
}

type Mix = (...words: readonly string[]) => Promise<Sandboxed>;

/** Compiles and tests a throw-away copy, first as it is and then with each patch. What already fails without a patch is not held against it. */
export function createRunProject({ timeoutMs, command = "mix" }: RunProjectConfig): RunProject {
  return async ({ tree, patches }, signal) => {
    const folder = await mkdtemp(join(tmpdir(), "guard-proof-"));
    const until = Date.now() + timeoutMs;
    // Nothing of Guard's environment but the way to `mix`: no token, no key, no address of a database.
    const env = { PATH: process.env["PATH"] ?? "", HOME: folder, LANG: "C.UTF-8", MIX_ENV: "test", HEX_OFFLINE: "1" };
    const project = join(folder, "project");
    const mix: Mix = (...words) => runSandboxed(command, words, { folder: project, env, timeoutMs: until - Date.now(), signal });
    try {
      await copyTree(tree, project);
      const before = await readBaseline(mix);
      const answers: RanProject[] = [];
      for (const files of patches) answers.push(await withChanges(files, project, () => runWith(before, mix)));
      return answers;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
}

/** Every file of the tree; of a folder also what is fetched and built there, without which nothing compiles. */
async function copyTree(tree: SourceTree, to: string): Promise<void> {
  const entries = await tree.list();
  for await (const { entry, bytes } of tree.read(entries)) {
    if (bytes === null) continue;
    await mkdir(dirname(join(to, entry.path)), { recursive: true });
    await writeFile(join(to, entry.path), bytes);
  }
  for (const name of tree.workingTree ? ["deps", "_build"] : []) {
    const from = join(tree.root, name);
    const isThere = await stat(from).then(
      (found) => found.isDirectory(),
      () => false,
    );
    if (isThere) await cp(from, join(to, name), { recursive: true, verbatimSymlinks: true });
  }
}

/** What the project does without a patch: the words that compile it, and whether its tests pass; else why nothing can be said. */
interface Baseline {
  readonly compile: readonly string[] | null;
  readonly compileWhy: string;
  readonly test: boolean;
  readonly testWhy: string;
}

async function readBaseline(mix: Mix): Promise<Baseline> {
  const strict = ["compile", "--warnings-as-errors"];
  const first = await mix(...strict);
  const compiles = isGood(first) ? strict : isGood(await mix("compile")) ? ["compile"] : null;
  if (compiles === null) {
    const why = first.kind === "ran" ? "the project does not compile here without the patch either" : whyNot(first);
    return { compile: null, compileWhy: why, test: false, testWhy: why };
  }
  const tests = await mix("test");
  return { compile: compiles, compileWhy: "", test: isGood(tests), testWhy: isGood(tests) ? "" : failedBefore(tests) };
}

function failedBefore(tests: Sandboxed): string {
  return tests.kind === "ran" ? "the project's tests do not pass here without the patch either" : whyNot(tests);
}

async function runWith(before: Baseline, mix: Mix): Promise<RanProject> {
  if (before.compile === null) return { compiled: notRun(before.compileWhy), tested: notRun(before.testWhy) };
  const compiled = answer(
    await mix(...before.compile),
    before.compile.length > 1 ? "it brings a warning or does not compile" : "it does not compile",
  );
  if (compiled.answer === "not run") return { compiled, tested: compiled };
  if (compiled.answer === "no") return { compiled, tested: notRun("it was not compiled") };
  return { compiled, tested: before.test ? answer(await mix("test"), "a test fails that passed before") : notRun(before.testWhy) };
}

/** The project with the files of one patch, and afterwards as it was. */
async function withChanges(files: readonly FileChange[], project: string, run: () => Promise<RanProject>): Promise<RanProject> {
  for (const { path, after } of files) {
    await mkdir(dirname(join(project, path)), { recursive: true });
    await writeFile(join(project, path), after);
  }
  try {
    return await run();
  } finally {
    for (const { path, before } of files) {
      if (before === null) await rm(join(project, path), { force: true });
      else await writeFile(join(project, path), before);
    }
  }
}

function isGood(result: Sandboxed): boolean {
  return result.kind === "ran" && result.code === 0;
}

function answer(result: Sandboxed, why: string): ProofAnswer {
  if (result.kind !== "ran") return notRun(whyNot(result));
  return result.code === 0 ? { answer: "yes" } : { answer: "no", why };
}

function whyNot(result: Sandboxed): string {
  return result.kind === "missing" ? "mix is not installed here" : "the time limit for proofs was reached";
}

function notRun(why: string): ProofAnswer {
  return { answer: "not run", why };
}
