import { beforeAll, describe, expect, it } from "vitest";
import { applyRefutation, buildRefuteRequest, claimsToRefute, readRefutation } from "../../src/consult/refute.js";
import type { Consultation } from "../../src/model/consultation.js";
import { loadPrompts } from "../../src/shell/data/prompts.js";
import { consultationAbout, root, shop } from "../support/consultation.js";
import { opinionWith, problem } from "../support/opinion.js";

const prompts = loadPrompts(root);
const claim = problem({});
const cited = { claim: 1, reason: "The query is scoped.", path: "lib/shop/orders.ex", line: 4, quote: "def with_users(orders) do" };

describe("a second reading", () => {
  let consultation: Consultation;
  beforeAll(async () => {
    consultation = await consultationAbout(shop, { paths: ["lib/shop/orders.ex"] });
  });
  const left = (refuted: (typeof cited)[]) => applyRefutation(opinionWith([claim]), [claim], { refuted }, consultation);

  it("is asked for what stands and no detector found", () => {
    const [finding] = consultation.findings;
    const restated = problem({
      title: "`with_users/1` asks per order",
      finding_ids: [finding?.fingerprint ?? ""],
      quote: finding?.text ?? "",
    });
    const lost = problem({ quote: "not in any file" });
    expect(claimsToRefute(opinionWith([claim, restated, lost]), consultation).map(({ title }) => title)).toEqual([claim.title]);
  });

  it("is left out for one claim of low severity", () => {
    expect(claimsToRefute(opinionWith([problem({ severity: "low" })]), consultation)).toEqual([]);
  });

  it("gets the claims as data and nothing of the first conversation", () => {
    const request = JSON.stringify(buildRefuteRequest([claim], consultation, prompts, { model: null }));
    expect(request).toMatch(/<untrusted-claims-[0-9a-f]{12}>/);
    expect(request).not.toContain(claim.fix);
  });

  it("drops what it refutes with lines that are there", () => {
    const { opinion, dropped } = left([cited]);
    expect(opinion.problems).toEqual([]);
    expect(dropped).toEqual([{ claim: claim.title, kind: "refuted", reason: "a second reading refuted it with lib/shop/orders.ex:4" }]);
  });

  it.each([
    ["with lines that are nowhere", { quote: "where([o], o.user_id == ^id)" }],
    ["with lines of a file that was not read", { path: "lib/shop/policy.ex" }],
    ["with the very lines it is about", { quote: claim.quote, line: 8 }],
    ["without a reason", { reason: " " }],
    ["under a number nobody gave", { claim: 7 }],
  ])("keeps what it refutes %s", (_name, changes) => {
    expect(left([{ ...cited, ...changes }]).opinion.problems).toEqual([claim]);
  });

  it("says nothing when its answer is not in the schema", () => {
    expect(readRefutation("I agree with everything.")).toBeNull();
    expect(readRefutation('{"refuted": [{"claim": 1}]}')).toBeNull();
  });
});
