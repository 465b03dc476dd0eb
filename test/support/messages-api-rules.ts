import type { IncomingHttpHeaders } from "node:http";

interface ContentBlock {
  readonly type: string;
  readonly id?: string;
  readonly tool_use_id?: string;
  readonly text?: string;
  readonly content?: string | readonly ContentBlock[];
  readonly cache_control?: { readonly type: string; readonly ttl?: string };
}

export interface RequestBody {
  readonly model: string;
  readonly max_tokens: number;
  readonly stream?: boolean;
  readonly system?: readonly ContentBlock[];
  readonly messages: readonly { readonly role: string; readonly content: string | readonly ContentBlock[] }[];
  readonly tools?: readonly { readonly name: string; readonly cache_control?: unknown }[];
  readonly tool_choice?: { readonly type: string };
  readonly thinking?: { readonly type: string };
  readonly output_config?: { readonly format?: { readonly type: string; readonly schema: unknown } };
  readonly [field: string]: unknown;
}

interface Refusal {
  readonly status: number;
  readonly type: string;
  readonly message: string;
}

const knownFields = new Set(
  "model max_tokens stream system messages tools tool_choice thinking output_config cache_control stop_sequences metadata service_tier speed inference_geo container diagnostics".split(
    " ",
  ),
);

/** What the API of version 2026-10-21 refuses for the current models, with its own words where they are known; null when it would answer. */
export function refusalOf(body: RequestBody, headers: IncomingHttpHeaders): Refusal | null {
  if (!/^Bearer \S+/.test(headers.authorization ?? ""))
    return { status: 401, type: "authentication_error", message: "missing bearer token" };
  if (headers["anthropic-version"] !== "2026-10-21")
    return invalid(`anthropic-version: ${String(headers["anthropic-version"])} is not supported here`);
  const problem = checks.map((check) => check(body)).find((message) => message !== null) ?? null;
  return problem === null ? null : invalid(problem);
}

function invalid(message: string): Refusal {
  return { status: 400, type: "invalid_request_error", message };
}

const checks: readonly ((body: RequestBody) => string | null)[] = [
  (body) => {
    const unknown = Object.keys(body).filter((field) => !knownFields.has(field));
    return unknown.length === 0 ? null : `${unknown.join(", ")}: Extra inputs are not permitted`;
  },
  (body) => (Number.isInteger(body.max_tokens) && body.max_tokens <= 128_000 ? null : "max_tokens: must be an integer of at most 128000"),
  (body) => (body.stream === true || body.max_tokens <= 21_333 ? null : "Streaming is required for long requests"),
  (body) =>
    ["any", "tool"].includes(body.tool_choice?.type ?? "auto") ? "tool_choice: forced tool use is not supported by this model" : null,
  (body) =>
    ["adaptive", undefined].includes(body.thinking?.type)
      ? null
      : `thinking: type ${body.thinking?.type ?? ""} is not supported by this model`,
  (body) => (body.messages.at(-1)?.role === "user" ? null : "messages: the final message must be from the user; prefill is not supported"),
  (body) => (body.messages[0]?.role === "user" ? null : "messages: the first message must be from the user"),
  cacheMarks,
  answeredTools,
  (body) =>
    toolUses(body).length > 0 && (body.tools ?? []).length === 0 ? "tools: must be defined when messages contain tool_use blocks" : null,
  (body) =>
    blocksOf(body).some((block) => block.type === "text" && (block.text ?? "").trim() === "")
      ? "messages: text content blocks must be non-empty"
      : null,
  (body) => schemaProblem(body.output_config?.format?.schema),
];

function blocksOf(body: RequestBody): ContentBlock[] {
  return [...(body.system ?? []), ...body.messages.flatMap((message) => (typeof message.content === "string" ? [] : message.content))];
}

function cacheMarks(body: RequestBody): string | null {
  const marks = [...blocksOf(body), ...(body.tools ?? [])].flatMap((block) =>
    block.cache_control === undefined ? [] : [block.cache_control as { ttl?: string }],
  );
  if (marks.length > 4) return `A maximum of 4 blocks with cache_control may be provided. Found ${marks.length}.`;
  const firstShort = marks.findIndex((mark) => mark.ttl !== "1h");
  return firstShort !== -1 && marks.slice(firstShort).some((mark) => mark.ttl === "1h")
    ? "cache_control: a 1h block must not come after a 5m block"
    : null;
}

function toolUses(body: RequestBody): string[] {
  return blocksOf(body).flatMap((block) => (block.type === "tool_use" ? [block.id ?? ""] : []));
}

function answeredTools(body: RequestBody): string | null {
  for (const [index, message] of body.messages.entries()) {
    if (message.role !== "assistant" || typeof message.content === "string") continue;
    const asked = message.content.flatMap((block) => (block.type === "tool_use" ? [block.id ?? ""] : []));
    const following = body.messages[index + 1]?.content ?? [];
    const blocks = typeof following === "string" ? [] : following;
    const answered = blocks.slice(0, asked.length).flatMap((block) => (block.type === "tool_result" ? [block.tool_use_id ?? ""] : []));
    if (asked.some((id) => !answered.includes(id))) return "messages: tool_use ids were found without tool_result blocks immediately after";
  }
  return null;
}

const refusedKeywords = [
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "minLength",
  "maxLength",
  "pattern",
  "maxItems",
  "$ref",
];

function schemaProblem(schema: unknown): string | null {
  if (schema === null || typeof schema !== "object") return null;
  const node = schema as Record<string, unknown>;
  const refused = refusedKeywords.find((keyword) => keyword in node && typeof node[keyword] !== "object");
  if (refused !== undefined) return `output_config.format.schema: ${refused} is not supported`;
  if (node["type"] === "object" && node["additionalProperties"] !== false)
    return "output_config.format.schema: additionalProperties must be false";
  return (
    Object.values(node)
      .map(schemaProblem)
      .find((problem) => problem !== null) ?? null
  );
}
