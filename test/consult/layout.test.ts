import { createHash } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { buildModelRequest } from "../../src/consult/request.js";
import { buildRefuteRequest } from "../../src/consult/refute.js";
import type { ModelRequest } from "../../src/model/opinion.js";
import { loadPrompts } from "../../src/shell/data/prompts.js";
import { consultationAbout, root, shop } from "../support/consultation.js";
import { soundProblem } from "../support/opinion.js";

interface Block {
  readonly text?: string;
  readonly cache_control?: { readonly type: string; readonly ttl?: string };
}
interface Body {
  readonly tools: readonly unknown[];
  readonly system: readonly Block[];
  readonly messages: readonly { readonly role: string; readonly content: readonly Block[] }[];
}

const prompts = loadPrompts(root);
const blog = {
  "lib/blog/posts.ex": "defmodule Blog.Posts do\n  def list, do: []\nend\n",
};

async function reviewOf(files: Readonly<Record<string, string>>, path: string, question = ""): Promise<ModelRequest> {
  return buildModelRequest(await consultationAbout(files, { paths: [path], question }), prompts, { model: null });
}

const bodyOf = (request: ModelRequest) => request as unknown as Body;
const bytes = (value: unknown) => createHash("sha256").update(JSON.stringify(value)).digest("hex");

describe("the layout that caches", () => {
  let review: Body;
  let other: Body;
  let refute: Body;
  beforeAll(async () => {
    review = bodyOf(await reviewOf(shop, "lib/shop/orders.ex", "is it fast?"));
    other = bodyOf(await reviewOf(blog, "lib/blog/posts.ex"));
    const consultation = await consultationAbout(shop, { paths: ["lib/shop/orders.ex"] });
    refute = bodyOf(buildRefuteRequest([soundProblem], consultation, prompts, { model: null }));
  });

  it("begins with the same bytes for every repository, person and task: tools, persona, frameworks", () => {
    const start = ({ tools, system }: Body) => bytes([tools, system[0]]);
    expect(start(review)).toBe(start(other));
    expect(start(review)).toBe(start(refute));
    expect(review.system[0]?.text).toContain("# Who you are");
    expect(review.system[0]?.text).toContain("# Reuse before writing");
  });

  it("goes on with the task, the same for every repository", () => {
    expect(review.system[1]).toEqual(other.system[1]);
    expect(review.system[1]?.text).not.toBe(refute.system[1]?.text);
  });

  it("then gives the facts of the commit, the same whatever is reviewed there", async () => {
    const search = bodyOf(await reviewOf(shop, "lib/shop/search.ex"));
    expect(search.system).toEqual(review.system);
    expect(refute.system[2]).toEqual(review.system[2]);
  });

  it("marks four places, those kept for an hour first", () => {
    const marks = (body: Body) =>
      [...body.system, ...body.messages.flatMap(({ content }) => content)].flatMap(({ cache_control: mark }) =>
        mark === undefined ? [] : [mark.ttl ?? "5m"],
      );
    expect(marks(review)).toEqual(["1h", "1h", "5m", "5m"]);
    expect(marks(refute)).toEqual(["1h", "1h", "5m", "5m"]);
  });

  it("keeps what changes with the day or the person out of everything before the messages", () => {
    const start = JSON.stringify([review.tools, review.system]);
    expect(start).not.toMatch(/\b\d{4}-\d{2}-\d{2}\b|is it fast/);
  });

  it("ends with the question", () => {
    expect(review.messages.at(-1)?.content.at(-1)?.text).toContain("is it fast?");
  });
});
