import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { review } from "../../src/app/review.js";
import type { ReviewPorts } from "../../src/app/review.js";
import type { Intervention } from "../../src/model/intervention.js";
import type { AskModel } from "../../src/model/ports.js";
import { markChecked } from "../../src/model/source.js";
import { askThrough } from "../../src/shell/claude/ask-model.js";
import { createTalk } from "../../src/shell/claude/talk.js";
import { loadPrompts } from "../../src/shell/data/prompts.js";
import { analysisPorts, parse, treeOf } from "../support/analysis.js";
import { data, root, shop } from "../support/consultation.js";
import { startMessagesApi } from "../support/messages-api.js";
import type { MessagesApi, Scripted } from "../support/messages-api.js";
import { answerWith, opinionWith, problem } from "../support/opinion.js";

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

  describe("with a second reading, over the wire", () => {
    let api: MessagesApi;
    beforeEach(async () => {
      api = await startMessagesApi();
    });
    afterEach(() => api.close());

    async function reviewedWith(...answers: Scripted[]) {
      api.script(...answers);
      const log = { info: () => {}, warn: () => {}, error: () => {} };
      const talk = createTalk({ apiKey: "test", baseUrl: api.url, timeoutMs: 5_000, idleMs: 5_000, maxRestarts: 0, maxRetries: 0, log });
      const reviewed = await review(request, portsWith({ askModel: askThrough(talk), talk }));
      if (reviewed.kind !== "reviewed") throw new Error("it was not reviewed");
      return reviewed.intervention;
    }
    const claim = problem({});
    const first = { text: JSON.stringify(opinionWith([claim])) };
    const titles = ({ problems }: Intervention) => problems.map(({ title }) => title);

    it("drops what it refutes with lines, and counts both calls", async () => {
      const refuted = [{ claim: 1, reason: "It is scoped.", path, line: 4, quote: "def with_users(orders) do" }];
      const intervention = await reviewedWith(first, { text: JSON.stringify({ refuted }) });
      expect(titles(intervention)).not.toContain(claim.title);
      expect(intervention.dropped).toMatchObject([{ kind: "refuted" }]);
      expect(intervention.cost.usage?.calls).toBe(2);
      expect(api.calls).toHaveLength(2);
    });

    it("keeps what it lets stand", async () => {
      const intervention = await reviewedWith(first, { text: '{"refuted": []}' });
      expect(titles(intervention)).toContain(claim.title);
      expect(intervention.notice).toBeNull();
    });

    it.each<[string, Scripted]>([
      ["is cut off", { text: '{"refuted": [', stopReason: "max_tokens" }],
      ["is refused", { text: "", stopReason: "refusal" }],
      ["meets an overload", { error: { status: 529, type: "overloaded_error", message: "Overloaded" } }],
      ["is no JSON", { text: "They all look fine." }],
    ])("says that it could not be made when it %s", async (_name, second) => {
      const intervention = await reviewedWith(first, second);
      expect(titles(intervention)).toContain(claim.title);
      expect(intervention.notice).toContain("second reading could not be made");
    });

    it("answers from the detectors when the first call fails", async () => {
      const intervention = await reviewedWith({ error: { status: 529, type: "overloaded_error", message: "Overloaded" } });
      expect(intervention.mode).toBe("offline");
      expect(intervention.problems.length).toBeGreaterThan(0);
    });
  });
});
