/** Folder → the folders it may import, as docs/architecture.md draws it. */
const allowed = {
  model: [],
  intake: ["model"],
  code: ["model"],
  project: ["model"],
  rules: ["model", "project"],
  fixes: ["model", "code", "project", "rules"],
  consult: ["model", "project"],
  reply: ["model", "project"],
  app: ["model", "intake", "code", "project", "rules", "fixes", "consult", "reply"],
  shell: ["model"],
  workspace: [],
};

const reasons = {
  model: "The nouns know nobody: everything else is built on them.",
  intake: "Intake turns payloads into Requests; what happens next is the story's business (app/).",
  code: "A file's facts are a pure function of its text; joining files belongs in project/.",
  project: "The project is joined from facts alone; what is wrong with it belongs in rules/.",
  rules: "A rule sees facts and the project, never a parser, a fix or a voice.",
  fixes: "A fix may re-run code, project and rules to prove itself, and nothing outside.",
  consult: "The persona speaks from findings it is given; it runs no detector and reaches no network.",
  reply: "A reply is a pure rendering of an Intervention.",
  app: "The story gets its ports passed in; only the doors (main, cli) know the shell.",
  shell: "The shell implements ports of model/; it does not know the story.",
  workspace: "The local workspace stands in for Slack, so it must know nothing of Guard.",
};

const folderRules = Object.entries(allowed).map(([folder, targets]) => ({
  name: `${folder}-imports-only-${targets.length === 0 ? "itself" : targets.join("-")}`,
  comment: reasons[folder],
  severity: "error",
  from: { path: `^src/${folder}/` },
  to: { path: "^src/", pathNot: `^src/(${[folder, ...targets].join("|")})/` },
}));

const outside = "^(node:)?(fs|fs/promises|net|http|https|http2|child_process|worker_threads|os|dns|tls|dgram|cluster|process|readline)$";

export default {
  forbidden: [
    ...folderRules,
    {
      name: "no-cycles",
      comment: "Two files that need each other are one idea, or share a third: move it.",
      severity: "error",
      from: { path: "^src/" },
      to: { circular: true },
    },
    {
      name: "doors-are-not-imported",
      comment:
        "main and cli are where the program is put together; what others need from them belongs in a folder. `guard start` may open the other door.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(main|cli)(\\.ts$|/)" },
      to: { path: "^src/(main|cli)(\\.ts$|/)" },
    },
    {
      name: "core-touches-nothing-outside",
      comment: "Disk, network, processes and threads live in shell/, workspace/ and the doors, so that the core can be tested with values.",
      severity: "error",
      from: { path: "^src/(model|intake|code|project|rules|fixes|consult|reply|app)/" },
      to: { path: outside, dependencyTypes: ["core"] },
    },
    {
      name: "model-imports-zod-only",
      comment: "The nouns stay free of libraries but for validation.",
      severity: "error",
      from: { path: "^src/model/" },
      to: { path: "node_modules", pathNot: "node_modules/zod/" },
    },
    {
      name: "shell-folders-stand-alone",
      comment: "Two shell folders meet in a door, by a port, never directly.",
      severity: "error",
      from: { path: "^src/shell/([^/]+)/" },
      to: { path: "^src/shell/[^/]+/", pathNot: "^src/shell/$1/" },
    },
    {
      name: "bolt-only-in-shell-slack",
      comment: "Slack's SDK has one importer, so its oddities stay in one place.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/shell/slack/" },
      to: { path: "node_modules/@slack/" },
    },
    {
      name: "claude-only-in-shell-claude",
      comment: "The Anthropic SDK has one importer, so another endpoint can stand in for it.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/shell/claude/" },
      to: { path: "node_modules/@anthropic-ai/" },
    },
    {
      name: "git-only-in-shell-git",
      comment: "Argument safety for git is kept in one place.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/shell/git/" },
      to: { path: "node_modules/simple-git/" },
    },
    {
      name: "database-only-in-shell-store",
      comment: "Everything remembered goes through the Memory and FactsCache ports.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/shell/store/" },
      to: { path: "node_modules/(kysely|better-sqlite3)/" },
    },
    {
      name: "parsers-only-in-shell-grammars",
      comment: "The core knows syntax nodes, not the engine that made them.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/shell/grammars/" },
      to: { path: "node_modules/(web-)?tree-sitter" },
    },
    {
      name: "sources-are-checked-by-the-resolver",
      comment: "ResolvedSource proves that access was checked; only app/resolve may vouch for it.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(app|model)/" },
      to: { path: "^src/model/source\\.ts$", dependencyTypesNot: ["type-only", "type-import"] },
    },
    {
      name: "a-rule-knows-no-other-rule",
      comment: "Shared matching belongs in project/ (a question) or rules/shared.",
      severity: "error",
      from: { path: "^src/rules/[^/]+/[^/]+/([^/]+)\\.ts$" },
      to: { path: "^src/rules/[^/]+/[^/]+/", pathNot: ["^src/rules/shared/", "^src/rules/[^/]+/shared/"] },
    },
    {
      name: "not-to-unresolvable",
      comment: "An import that does not resolve fails at run time; install it or fix the path.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "not-to-development-dependency",
      comment: "What src/ needs at run time must be installed with Guard.",
      severity: "error",
      from: { path: "^src/" },
      to: { dependencyTypes: ["npm-dev"], pathNot: "node_modules/@types/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
      extensions: [".ts", ".tsx", ".js", ".mjs", ".json"],
    },
  },
};
