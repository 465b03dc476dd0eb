import type Anthropic from "@anthropic-ai/sdk";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { refusalOf } from "./messages-api-rules.js";
import type { RequestBody } from "./messages-api-rules.js";

/** What goes wrong in the middle of a streamed answer, after `events` of its events were sent. */
export interface StreamFault {
  readonly kind: "error-event" | "destroy" | "end" | "stall";
  readonly events: number;
}

export interface Scripted {
  /** Text of the answer; the whole JSON for structured output. */
  readonly text?: string;
  /** Tools it calls after its text; the answer then stops for them. */
  readonly calls?: readonly { readonly name: string; readonly input: unknown }[];
  readonly stopReason?: Anthropic.StopReason;
  readonly stopDetails?: Anthropic.RefusalStopDetails;
  readonly usage?: Partial<Anthropic.Usage>;
  /** Answered instead of a message, before any event. */
  readonly error?: { readonly status: number; readonly type: string; readonly message: string };
  readonly fault?: StreamFault;
}

export interface MessagesApi {
  readonly url: string;
  /** Bodies and headers of every call that arrived, as sent. */
  readonly calls: { readonly body: RequestBody; readonly raw: string; readonly headers: IncomingMessage["headers"] }[];
  /** Answers the next calls in order; the last one repeats. */
  readonly script: (...answers: readonly Scripted[]) => void;
  readonly close: () => Promise<void>;
}

/** A Messages API on a loopback socket: streams like the real one, refuses what the real one refuses, and breaks when told to. */
export async function startMessagesApi(): Promise<MessagesApi> {
  const calls: { body: RequestBody; raw: string; headers: IncomingMessage["headers"] }[] = [];
  let answers: readonly Scripted[] = [{ text: "{}" }];
  let next = 0;
  const server = createServer((request, response) => {
    void readBody(request).then((raw) => {
      const body = JSON.parse(raw) as RequestBody;
      calls.push({ body, raw, headers: request.headers });
      const refusal =
        request.url?.startsWith("/v1/messages") === true
          ? refusalOf(body, request.headers)
          : { status: 404, type: "not_found_error", message: "no such path" };
      const scripted = answers[Math.min(next, answers.length - 1)] ?? {};
      if (refusal === null) next += 1;
      const error = refusal ?? scripted.error ?? null;
      if (error !== null) sendError(response, error);
      else sendStream(response, body.model, scripted);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    script: (...scripted) => {
      answers = scripted;
      next = 0;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function sendError(response: ServerResponse, error: { readonly status: number; readonly type: string; readonly message: string }): void {
  response.writeHead(error.status, { "content-type": "application/json", "request-id": "req_refused", "retry-after-ms": "1" });
  response.end(JSON.stringify({ type: "error", error: { type: error.type, message: error.message }, request_id: "req_refused" }));
}

function sendStream(response: ServerResponse, model: string, scripted: Scripted): void {
  response.writeHead(200, { "content-type": "text/event-stream", "request-id": "req_answered" });
  const events = eventsOf(model, scripted);
  const sent = scripted.fault === undefined ? events : events.slice(0, scripted.fault.events);
  for (const event of sent) response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  switch (scripted.fault?.kind) {
    case undefined:
    case "end":
      response.end();
      break;
    case "error-event":
      response.end(
        `event: error\ndata: ${JSON.stringify({ type: "error", error: { type: "overloaded_error", message: "Overloaded" }, request_id: "req_answered" })}\n\n`,
      );
      break;
    case "destroy":
      // The bytes written so far must leave before the connection is reset.
      response.write(": \n\n", () => response.destroy());
      break;
    case "stall":
      break;
  }
}

type StreamEvent = Anthropic.RawMessageStreamEvent | { readonly type: "ping" };

function eventsOf(model: string, scripted: Scripted): StreamEvent[] {
  const usage: Anthropic.Usage = {
    input_tokens: 100,
    output_tokens: 1,
    cache_creation: null,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    inference_geo: null,
    output_tokens_details: null,
    server_tool_use: null,
    service_tier: "standard",
    speed: null,
    ...scripted.usage,
  };
  const text = scripted.text ?? "";
  const pieces = text.match(/[\s\S]{1,40}/g) ?? [];
  return [
    {
      type: "message_start",
      message: {
        id: "msg_test",
        type: "message",
        role: "assistant",
        model,
        content: [],
        stop_reason: null,
        stop_sequence: null,
        stop_details: null,
        container: null,
        diagnostics: null,
        usage: { ...usage, output_tokens: 1 },
      },
    },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "", citations: null } },
    { type: "ping" },
    ...pieces.map((piece): StreamEvent => ({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text: piece } })),
    { type: "content_block_stop", index: 0 },
    ...(scripted.calls ?? []).flatMap((call, index) => toolUse(call, index + 1)),
    {
      type: "message_delta",
      delta: {
        stop_reason: scripted.stopReason ?? (scripted.calls === undefined ? "end_turn" : "tool_use"),
        stop_sequence: null,
        stop_details: scripted.stopDetails ?? null,
        container: null,
      },
      usage: {
        input_tokens: usage.input_tokens,
        output_tokens: scripted.usage?.output_tokens ?? 50,
        cache_creation_input_tokens: usage.cache_creation_input_tokens,
        cache_read_input_tokens: usage.cache_read_input_tokens,
        output_tokens_details: null,
        server_tool_use: null,
      },
    },
    { type: "message_stop" },
  ];
}

function toolUse({ name, input }: { readonly name: string; readonly input: unknown }, index: number): StreamEvent[] {
  const written = JSON.stringify(input).match(/[\s\S]{1,20}/g) ?? [];
  return [
    {
      type: "content_block_start",
      index,
      content_block: { type: "tool_use", id: `toolu_${name}_${index}`, name, input: {}, caller: { type: "direct" } },
    },
    ...written.map((piece): StreamEvent => ({
      type: "content_block_delta",
      index,
      delta: { type: "input_json_delta", partial_json: piece },
    })),
    { type: "content_block_stop", index },
  ];
}
