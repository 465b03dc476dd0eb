import { describe, expect, it } from "vitest";
import { parseReferences } from "../../src/intake/references.js";
import { readWords } from "../../src/intake/words.js";

const repositories = ["shop", "store", "billing"];

function said(words: string, where: { answered?: boolean; addressed?: boolean } = {}) {
  const references = parseReferences(words, [], repositories);
  return readWords(words, { references, repositories, answered: where.answered ?? false, addressed: where.addressed ?? true });
}

const inThread = { answered: true, addressed: false };

describe("words said to Guard", () => {
  it.each(["", "help", "Help!", "?", "hello"])("%j asks for help", (words) => {
    expect(said(words)).toEqual({ kind: "help" });
  });

  it("a path makes a consultation that keeps the question", () => {
    expect(said("review lib/shop/orders.ex:10-40 for races")).toMatchObject({
      kind: "consult",
      question: "review lib/shop/orders.ex:10-40 for races",
      references: [{ kind: "path", path: "lib/shop/orders.ex", lines: { first: 10, last: 40 } }],
    });
  });

  it("review without a reference is a consultation too, for the thread to fill", () => {
    expect(said("review this file")).toMatchObject({ kind: "consult", references: [] });
  });

  it.each([
    ["audit", null, null, null],
    ["audit shop", "shop", null, null],
    ["audit shop main", "shop", "main", null],
    ["audit shop feature/cart lib/shop", "shop", "feature/cart", "lib/shop"],
    ["audit lib/shop", null, null, "lib/shop"],
    ["audit main lib/shop", null, "main", "lib/shop"],
    ["audit shop@v1.2", "shop", "v1.2", null],
    ["audit shop at develop", "shop", "develop", null],
    ["audit v1.2.0", null, "v1.2.0", null],
    ["audit shpo", "shpo", null, null],
    ["audit `billing` under lib/x.ex", "billing", null, "lib/x.ex"],
  ])("%j names repository, revision and path", (words, repository, revision, path) => {
    expect(said(words)).toEqual({ kind: "audit", repository, revision, path });
  });

  it.each([
    ["explain n-plus-one-query", "n-plus-one-query"],
    ["explain the rule `N_plus_one`?", "n-plus-one"],
  ])("%j asks about a rule", (words, rule) => {
    expect(said(words)).toEqual({ kind: "explain", rule });
  });

  it("decisions can be searched", () => {
    expect(said("decisions index ana")).toEqual({ kind: "decisions", query: "index ana" });
  });
});

describe("words in a thread Guard answered in, without a mention", () => {
  it.each([
    ["reject 2 because the table has ten rows", "2", "rejected", "the table has ten rows"],
    ["Reject #2: the table has ten rows", "2", "rejected", "the table has ten rows"],
    ["reject 2", "2", "rejected", ""],
    ["accept 1", "1", "accepted", ""],
    ["accepted 1, good catch", "1", "accepted", "good catch"],
    ["later 3 after the release", "3", "deferred", "after the release"],
    ["dismiss 4 since it is generated", "4", "rejected", "it is generated"],
    ["accept 1 and 3", "1 and 3", "accepted", ""],
  ])("%j decides", (words, problem, verdict, reason) => {
    expect(said(words, inThread)).toEqual({ kind: "decide", problem, verdict, reason, reach: "place" });
  });

  it.each([
    ["reject 2 everywhere because this is a demo", "repository", "this is a demo"],
    ["reject 2 in the whole repository: we never page", "repository", "we never page"],
    ["dismiss 2 in this file since it is generated", "file", "it is generated"],
    ["reject 2 in files that are generated", "place", "in files that are generated"],
  ])("%j decides for the %s", (words, reach, reason) => {
    expect(said(words, inThread)).toMatchObject({ kind: "decide", problem: "2", verdict: "rejected", reach, reason });
  });

  it.each([
    ["why is 2 critical", { about: "problem", problem: "2" }],
    ["but why is number 2 high?", { about: "problem", problem: "2" }],
    ["explain 3", { about: "problem", problem: "3" }],
    ["more about #1", { about: "problem", problem: "1" }],
    ["show the migration", { about: "section", section: "migrations" }],
    ["show me the tests please", { about: "section", section: "tests" }],
    ["show the deployment guide", { about: "section", section: "deployment" }],
    ["show the rollback plan.", { about: "section", section: "rollback" }],
    ["show all", { about: "all_problems" }],
    ["show all 12", { about: "all_problems" }],
    ["show everything", { about: "all_problems" }],
    ["proceed", { about: "proceed", option: "recommended" }],
    ["yes, proceed with the minimal one", { about: "proceed", option: "minimal" }],
    ["go ahead, complete", { about: "proceed", option: "complete" }],
    ["what about `list/1`?", { about: "source", reference: { kind: "module", function: "list", arity: 1 } }],
    ["what about lib/shop/catalog.ex", { about: "source", reference: { kind: "path", path: "lib/shop/catalog.ex" } }],
  ])("%j is a follow-up", (words, question) => {
    expect(said(words, inThread)).toMatchObject({ kind: "followUp", question });
  });

  it.each([
    "I think we should do this tomorrow",
    "ok",
    "thanks!",
    "lib/shop/orders.ex is the one Ben wrote",
    "I would accept 2 days of delay",
    "why would anyone do that",
    "and then we went home",
  ])("%j is people talking, and Guard is silent", (words) => {
    expect(said(words, inThread)).toEqual({ kind: "ignored", reason: "other_people_talking" });
  });

  it("nothing is for Guard in a thread it never answered in", () => {
    expect(said("proceed", { answered: false, addressed: false })).toEqual({ kind: "ignored", reason: "not_for_guard" });
  });
});
