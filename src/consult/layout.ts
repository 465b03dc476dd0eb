import type { ModelTask, Prompts } from "../model/prompts.js";
import type { ModelRequest } from "../model/opinion.js";

export const defaultModel = "claude-opus-5-5";

/** The one tool of tasks that get all they need at once; it is never really called. */
export const materialTool = {
  name: "read_review_material",
  description: "Reads what the matter is about: code with line numbers, the detectors' findings, claims to check.",
  input_schema: {
    type: "object",
    properties: { what: { type: "string", enum: ["code", "findings", "subject", "claims"] } },
    required: ["what"],
    additionalProperties: false,
  },
};

type Json = unknown;

export interface Layout {
  readonly model: string | null;
  readonly task: ModelTask;
  readonly prompts: Prompts;
  /** Facts computed about the repository; the same for every request about one commit. */
  readonly facts: string;
  readonly messages: readonly Json[];
  readonly schema: Json;
  readonly tools: readonly Json[];
  readonly maxTokens: number;
}

/**
 * A request as every task sends it, in the order that caches: tools, then persona and frameworks (the same bytes for everybody, kept an hour),
 * the task's own text (an hour), the repository's facts (five minutes), then the messages, which may set one mark more.
 */
export function layOut({ model, task, prompts, facts, messages, schema, tools, maxTokens }: Layout): ModelRequest {
  const hour = { type: "ephemeral", ttl: "1h" };
  return {
    model: model ?? defaultModel,
    max_tokens: maxTokens,
    thinking: { type: "adaptive" },
    tools,
    system: [
      { type: "text", text: commonText(prompts), cache_control: hour },
      { type: "text", text: prompts.tasks[task].trim(), cache_control: hour },
      { type: "text", text: facts, cache_control: { type: "ephemeral" } },
    ],
    messages,
    output_config: { format: { type: "json_schema", schema } },
  };
}

function commonText({ persona, shared }: Prompts): string {
  return [persona, ...shared.map((framework) => framework.text)].map((text) => text.trim()).join("\n\n");
}

/** A call of the material tool and its result, as a pair of blocks for the messages of both sides. */
export function handedOver(what: string, text: string): { readonly use: Json; readonly result: Record<string, Json> } {
  const id = `toolu_guard_${what}`;
  return {
    use: { type: "tool_use", id, name: materialTool.name, input: { what } },
    result: { type: "tool_result", tool_use_id: id, content: [{ type: "text", text }] },
  };
}
