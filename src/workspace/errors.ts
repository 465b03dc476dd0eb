/** Every error code this workspace answers, in Slack's own words (Slack's method reference of 2026-08-20). */
export const errorCodes = [
  "already_reacted",
  "bad_timestamp",
  "cannot_reply_to_message",
  "cant_delete_message",
  "cant_update_message",
  "channel_not_found",
  "dispatch_failed",
  "duplicate_external_id",
  "exchanged_trigger_id",
  "expired_trigger_id",
  "file_not_found",
  "file_upload_size_restricted",
  "hash_conflict",
  "internal_error",
  "invalid_arguments",
  "invalid_auth",
  "invalid_blocks",
  "invalid_blocks_format",
  "invalid_cursor",
  "invalid_form_data",
  "invalid_json",
  "invalid_limit",
  "invalid_name",
  "invalid_thread_ts",
  "invalid_trigger_id",
  "invalid_ts_latest",
  "invalid_ts_oldest",
  "is_archived",
  "is_inactive",
  "markdown_text_conflict",
  "message_not_found",
  "missing_argument",
  "msg_blocks_too_many",
  "msg_too_long",
  "no_item_specified",
  "no_reaction",
  "no_text",
  "not_allowed_token_type",
  "not_authed",
  "not_found",
  "not_in_channel",
  "not_visible",
  "operation_timeout",
  "push_limit_reached",
  "ratelimited",
  "request_too_large",
  "snippet_too_large",
  "thread_not_found",
  "token_revoked",
  "too_many_emoji",
  "unknown_method",
  "unknown_snippet_type",
  "user_not_found",
  "user_not_in_channel",
  "view_too_large",
] as const;
export type ErrorCode = (typeof errorCodes)[number];

export interface Failure {
  readonly ok: false;
  readonly error: ErrorCode;
  readonly [detail: string]: unknown;
}

/** What a method answers: the JSON body, `ok` first. */
export type Answer = Failure | { readonly ok: true; readonly [field: string]: unknown };

/** A value, or the failure to answer instead. */
export type Found<Value> = { readonly ok: true; readonly value: Value } | Failure;

export const found = <Value>(value: Value): Found<Value> => ({ ok: true, value });

/** A failed answer; `messages` are the bracketed lines Slack puts into `response_metadata`. */
export const failure = (error: ErrorCode, messages: readonly string[] = []): Failure =>
  messages.length === 0
    ? { ok: false, error }
    : { ok: false, error, response_metadata: { messages: messages.map((line) => `[ERROR] ${line}`) } };

/** What Slack answers when an argument the method cannot do without is absent. */
export const missingField = (name: string): Failure => failure("invalid_arguments", [`missing required field: ${name}`]);
