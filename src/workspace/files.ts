import { failure, found, type Found } from "./errors.js";
import type { Identifiers } from "./identifiers.js";
import { limits } from "./limits.js";
import type { FileObject } from "./types.js";

export interface FileStore {
  /** Promises a file: where its bytes go, and the id it will have. */
  readonly reserve: (owner: string, name: string) => { readonly id: string; readonly uploadPath: string };
  readonly isUploadPath: (path: string) => boolean;
  readonly receive: (path: string, bytes: Buffer) => boolean;
  /** Makes an uploaded file visible; `file_not_found` when its bytes never came or it is someone else's. */
  readonly complete: (owner: string, id: string, title: string | undefined) => Found<FileObject>;
  readonly share: (id: string, channel: string) => void;
  readonly file: (id: string) => StoredFile | undefined;
  readonly byPath: (path: string) => StoredFile | undefined;
}

export interface StoredFile {
  readonly object: FileObject;
  readonly bytes: Buffer;
  /** Ids of the channels it was shared in. */
  readonly channels: ReadonlySet<string>;
}

export interface FileStoreConfig {
  readonly team: string;
  readonly identifiers: Identifiers;
  readonly clock: () => number;
  readonly baseUrl: () => string;
}

const types: Readonly<Record<string, readonly [filetype: string, pretty: string, mimetype: string]>> = {
  ex: ["elixir", "Elixir", "text/plain"],
  exs: ["elixir", "Elixir", "text/plain"],
  heex: ["html", "HEEx", "text/plain"],
  md: ["markdown", "Markdown", "text/markdown"],
  diff: ["diff", "Diff", "text/x-diff"],
  patch: ["diff", "Diff", "text/x-diff"],
  json: ["json", "JSON", "application/json"],
  yml: ["yaml", "YAML", "text/yaml"],
  yaml: ["yaml", "YAML", "text/yaml"],
  js: ["javascript", "JavaScript", "text/javascript"],
  ts: ["typescript", "TypeScript", "text/plain"],
  py: ["python", "Python", "text/x-python"],
  sql: ["sql", "SQL", "text/plain"],
  html: ["html", "HTML", "text/html"],
  svg: ["svg", "SVG", "image/svg+xml"],
  png: ["png", "PNG", "image/png"],
  jpg: ["jpg", "JPEG", "image/jpeg"],
  pdf: ["pdf", "PDF", "application/pdf"],
  zip: ["zip", "Zip", "application/zip"],
};

const previewLines = 12;

/** What Slack tells about a file from its name and bytes; a NUL byte makes it binary. */
function describeContent(name: string, bytes: Buffer) {
  const isText = !bytes.subarray(0, 8_192).includes(0);
  const known = types[name.split(".").at(-1)?.toLowerCase() ?? ""];
  const usual = isText ? (["text", "Plain Text", "text/plain"] as const) : (["binary", "Binary", "application/octet-stream"] as const);
  const [filetype, pretty, mimetype] = known ?? usual;
  const isSnippet =
    isText && bytes.length <= limits.snippetBytes && !mimetype.startsWith("image/") && filetype !== "pdf" && filetype !== "zip";
  const shared = { filetype, pretty_type: pretty, mimetype, size: bytes.length, editable: isSnippet };
  if (!isSnippet) return { ...shared, mode: "hosted" as const };
  const lines = bytes.toString("utf8").replace(/\n$/, "").split("\n");
  const preview = lines.slice(0, previewLines).join("\n").slice(0, 2_000);
  return { ...shared, mode: "snippet" as const, preview, lines: lines.length, lines_more: Math.max(0, lines.length - previewLines) };
}

interface Reserved {
  readonly id: string;
  readonly owner: string;
  readonly name: string;
  bytes: Buffer | null;
}

/** Files in memory: reserved, uploaded, completed, downloaded, by the steps of Slack's external upload. */
export function createFileStore({ team, identifiers, clock, baseUrl }: FileStoreConfig): FileStore {
  const reserved = new Map<string, Reserved>();
  const stored = new Map<string, { object: FileObject; bytes: Buffer; channels: Set<string> }>();
  const pathOf = (id: string, name: string): string => `/files-pri/${team}-${id}/${encodeURIComponent(name)}`;

  const build = (entry: Reserved, bytes: Buffer, title: string): FileObject => {
    const created = Math.floor(clock() / 1000);
    const address = baseUrl() + pathOf(entry.id, entry.name);
    return {
      id: entry.id,
      created,
      timestamp: created,
      name: entry.name,
      title,
      user: entry.owner,
      ...describeContent(entry.name, bytes),
      is_external: false,
      external_type: "",
      is_public: true,
      file_access: "visible",
      url_private: address,
      url_private_download: `${address}?download=1`,
      permalink: `${baseUrl()}/files/${entry.owner}/${entry.id}`,
    };
  };

  return {
    reserve: (owner, name) => {
      const id = identifiers.next("F");
      const uploadPath = `/upload/v1/${identifiers.secret()}`;
      reserved.set(uploadPath, { id, owner, name, bytes: null });
      return { id, uploadPath };
    },
    isUploadPath: (path) => reserved.has(path),
    receive: (path, bytes) => {
      const entry = reserved.get(path);
      if (entry === undefined) return false;
      entry.bytes = bytes;
      return true;
    },
    complete: (owner, id, title) => {
      const slot = [...reserved].find(([, entry]) => entry.id === id && entry.owner === owner);
      const bytes = slot?.[1].bytes ?? null;
      if (slot === undefined || bytes === null) return failure("file_not_found");
      reserved.delete(slot[0]);
      const object = build(slot[1], bytes, title ?? slot[1].name);
      stored.set(id, { object, bytes, channels: new Set() });
      return found(object);
    },
    share: (id, channel) => void stored.get(id)?.channels.add(channel),
    file: (id) => stored.get(id),
    byPath: (path) => [...stored.values()].find(({ object }) => pathOf(object.id, object.name) === path),
  };
}
