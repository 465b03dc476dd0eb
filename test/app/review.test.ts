import { describe, expect, it } from "vitest";
import { review } from "../../src/app/review.js";
import type { ReviewPorts } from "../../src/app/review.js";
import type { AskModel } from "../../src/model/ports.js";
import { markChecked } from "../../src/model/source.js";
import { loadPrompts } from "../../src/shell/data/prompts.js";
import { analysisPorts, parse, treeOf } from "../support/analysis.js";
import { data, root, shop } from "../support/consultation.js";
import { answerWith, problem } from "../support/opinion.js";

const path = "lib/shop/orders.ex";
const request = {
  asker: { team: "T1", channel: "C1", user: "U1", ts: "1", thread: "1" },
  references: [{ kind: "path" as const, repository: null, path, lines: null, revision: null }],
  question: "",
};
const source = markChecked({
  ...{ repository: "shop", commit: "c".repeat(40), path, language: "elixir", text: shop[path] ?? "", lines: null, permalink: null },
});

function portsWith(ports: Partial<ReviewPorts>): ReviewPorts {
  const { triggers: thresholds, voice, prices, "library-api": libraries } = data;
  return {
    ...{ ...analysisPorts, parse, prompts: loadPrompts(root), model: null, askModel: null },
    standards: { thresholds, voice, prices, libraries },
    resolve: async () => ({ kind: "found", source }),
    openTreeOf: async () => ({ kind: "opened", tree: treeOf(shop) }),
    decisionsFor: async () => [],
    ...ports,
  };
}

describe("a review", () => {
  it("shows the code of a repository marked `model: never` to no model, and says so", async () => {
    let asked = 0;
    const askModel: AskModel = async () => {
      asked += 1;
      return answerWith(problem({}));
    };
    const reviewed = await review(request, portsWith({ askModel, mayAskModel: (repository) => repository !== "shop" }));
    if (reviewed.kind !== "reviewed") throw new Error("it was not reviewed");
    expect(asked).toBe(0);
    expect(reviewed.intervention.mode).toBe("offline");
    expect(reviewed.intervention.notice).toContain("model: never");
    expect(reviewed.intervention.problems.length).toBeGreaterThan(0);
  });
});
