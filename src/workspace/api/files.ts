import * as z from "zod";
import { readArguments } from "../arguments.js";
import { failure, found, missingField, type Answer, type Found } from "../errors.js";
import type { FileStore, StoredFile } from "../files.js";
import type { Identifiers } from "../identifiers.js";
import { limits } from "../limits.js";
import type { State } from "../state.js";
import type { FileObject, Message } from "../types.js";
import { threadRoot, writableChannel } from "./access.js";
import { typedContent } from "./chat.js";
import { actorMethod, authorFields, type Actor, type Call, type Methods } from "./method.js";

export interface FilesConfig {
  readonly state: State;
  readonly files: FileStore;
  readonly identifiers: Identifiers;
  readonly baseUrl: () => string;
}

const snippetType = /^[a-z0-9_+-]{1,40}$/;
const uploads = z.array(z.object({ id: z.string(), title: z.string().optional() })).min(1);

function getUploadUrl({ files, baseUrl }: FilesConfig, { caller, given }: Call): Answer {
  const length = given.count("length") ?? 0;
  const name = given.text("filename") ?? "";
  if (name === "" || !Number.isInteger(length) || length <= 0) return failure("missing_argument");
  const snippet = given.text("snippet_type") ?? "";
  if (snippet !== "" && !snippetType.test(snippet)) return failure("unknown_snippet_type");
  if (snippet !== "" && length > limits.snippetBytes) return failure("snippet_too_large");
  if (length > limits.fileBytes) return failure("file_upload_size_restricted");
  const { id, uploadPath } = files.reserve(caller.user.id, name);
  return { ok: true, upload_url: baseUrl() + uploadPath, file_id: id };
}

/** Completes every named upload, or none when one of them is missing. */
function completeAll({ files }: FilesConfig, caller: Actor, listed: z.infer<typeof uploads>): Found<readonly FileObject[]> {
  const completed = listed.map(({ id, title }) => files.complete(caller.user.id, id, title));
  const objects = completed.flatMap((one) => (one.ok ? [one.value] : []));
  return objects.length === completed.length ? found(objects) : failure("file_not_found");
}

function share({ state, files, identifiers }: FilesConfig, call: Call, objects: readonly FileObject[]): Answer {
  const { caller, given } = call;
  const channel = writableChannel(state, caller, given, given.text("channel_id") === undefined ? "channels" : "channel_id");
  if (!channel.ok) return channel;
  const root = threadRoot(state, channel.value, given);
  if (!root.ok) return root;
  const comment = given.text("initial_comment") ?? "";
  const content = comment === "" ? null : typedContent(state, identifiers, caller, readArguments({ text: comment }));
  if (content?.ok === false) return content;
  const message: Message = {
    type: "message",
    subtype: "file_share",
    ts: identifiers.ts(),
    ...authorFields(caller, state.team.appId),
    team: state.team.id,
    text: content?.value.text ?? "",
    blocks: content?.value.blocks ?? [],
    files: objects,
    ...(caller.kind === "user" ? { client_msg_id: identifiers.uuid() } : {}),
    ...(root.value === null ? {} : { thread_ts: root.value }),
  };
  objects.forEach((object) => files.share(object.id, channel.value.id));
  state.post(channel.value, message);
  return { ok: true, files: objects };
}

function completeUpload(config: FilesConfig, call: Call): Answer {
  const { given, caller } = call;
  const listed = given.structure("files");
  if (listed.kind === "absent") return missingField("files");
  const parsed = uploads.safeParse(listed.kind === "given" ? listed.value : null);
  if (!parsed.success) return failure("invalid_arguments");
  const isShared = given.text("channel_id") !== undefined || given.text("channels") !== undefined;
  if (isShared) {
    const channel = writableChannel(config.state, caller, given, given.text("channel_id") === undefined ? "channels" : "channel_id");
    if (!channel.ok) return channel;
  }
  const objects = completeAll(config, caller, parsed.data);
  if (!objects.ok) return objects;
  return isShared ? share(config, call, objects.value) : { ok: true, files: objects.value };
}

/** Whether this caller may see a file: its owner, and the members of channels it was shared in. */
export function maySee(state: State, caller: Actor, file: StoredFile): boolean {
  if (file.object.user === caller.user.id) return true;
  return [...file.channels].some((id) => state.channel(id)?.members.includes(caller.user.id) === true);
}

function info({ state, files }: FilesConfig, { caller, given }: Call): Answer {
  const file = files.file(given.text("file") ?? "");
  if (file === undefined) return failure("file_not_found");
  return maySee(state, caller, file) ? { ok: true, file: file.object, comments: [] } : failure("not_visible");
}

/** files.*: the three-step upload, and what is known of a file. */
export const fileMethods = (config: FilesConfig): Methods => ({
  "files.getUploadURLExternal": actorMethod("four", (call) => getUploadUrl(config, call)),
  "files.completeUploadExternal": actorMethod("four", (call) => completeUpload(config, call)),
  "files.info": actorMethod("four", (call) => info(config, call)),
});
