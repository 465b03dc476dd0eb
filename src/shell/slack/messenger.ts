import type { KnownBlock, ModalView } from "@slack/web-api";
import type { Log, Messenger, Posted } from "../../model/ports.js";
import type { Directory } from "../../model/directory.js";
import type { ReplyFile, ReplyModal } from "../../model/reply.js";
import { callSlack } from "./call.js";
import type { Called } from "./call.js";
import type { Clients } from "./clients.js";
import { neutralise } from "./neutralise.js";
import { postOnce } from "./post.js";

const largestSnippet = 1_000_000;

/** The one way out to Slack: every text passes `neutralise`, every failure is a value. */
export function createMessenger(clients: Clients, directory: Directory, log: Log): Messenger {
  const { posting, reading } = clients;
  const outcome = (called: Called<{ readonly ts?: string }>, what: string, ts = ""): Posted => {
    if (called.kind === "answered") return { kind: "posted", ts: called.value.ts ?? ts };
    log.warn({ reason: called.error }, `${what} failed`);
    return { kind: "failed", reason: called.error };
  };

  return {
    post: (target, message) => postOnce(clients, target, message, log),

    update: async (target, message) => {
      const safe = neutralise(message);
      const blocks = safe.blocks as unknown as KnownBlock[];
      // `parse` is said because chat.update, unlike chat.postMessage, makes links and mentions out of plain words.
      const call = () => reading.chat.update({ channel: target.channel, ts: target.ts, text: safe.text, blocks, parse: "none" });
      return outcome(await callSlack(call, log), "an edit", target.ts);
    },

    postPrivately: async (target, user, message) => {
      const safe = neutralise(message);
      const thread = target.thread === null ? {} : { thread_ts: target.thread };
      const blocks = safe.blocks as unknown as KnownBlock[];
      const call = () => posting.chat.postEphemeral({ channel: target.channel, user, text: safe.text, blocks, ...thread });
      const called = await callSlack(call, log);
      return outcome(
        called.kind === "answered" ? { kind: "answered", value: { ts: called.value.message_ts ?? "" } } : called,
        "a private message",
      );
    },

    openModal: async (trigger, modal) => {
      const call = () => posting.views.open({ trigger_id: trigger, view: viewOf(modal) });
      const called = await callSlack(call, log);
      return outcome(called.kind === "answered" ? { kind: "answered", value: { ts: "" } } : called, "a dialog");
    },

    upload: async (target, file) => {
      const thread = target.thread === null ? {} : { thread_ts: target.thread };
      const called = await callSlack(() => posting.filesUploadV2({ channel_id: target.channel, ...thread, ...uploadOf(file) }), log);
      return outcome(called.kind === "answered" ? { kind: "answered", value: {} } : called, "an upload");
    },

    react: async (target, emoji) => {
      const called = await callSlack(() => reading.reactions.add({ channel: target.channel, timestamp: target.ts, name: emoji }), log);
      if (called.kind !== "answered" && called.error !== "already_reacted") log.warn({ reason: called.error }, "a reaction failed");
    },

    permalink: async (target) => {
      const called = await callSlack(() => reading.chat.getPermalink({ channel: target.channel, message_ts: target.ts }), log);
      return called.kind === "answered" ? (called.value.permalink ?? null) : null;
    },

    userName: async (user) => (await directory.person(user))?.name ?? user,
  };
}

function viewOf(modal: ReplyModal): ModalView {
  const { blocks } = neutralise({ text: "", blocks: modal.blocks });
  return {
    type: "modal",
    callback_id: modal.callback,
    private_metadata: modal.about,
    title: { type: "plain_text", text: modal.title },
    submit: { type: "plain_text", text: modal.submit },
    close: { type: "plain_text", text: "Cancel" },
    blocks: blocks as unknown as KnownBlock[],
  };
}

function uploadOf(file: ReplyFile) {
  // An empty file is refused (`missing_argument`), a long snippet too (`snippet_too_large`): the first gets a line end, the second goes as a plain file.
  const content = Buffer.from(file.content === "" ? "\n" : file.content, "utf8");
  const snippet = content.length > largestSnippet ? {} : { snippet_type: file.snippetType };
  return { filename: file.name, title: file.title, file: content, ...snippet };
}
