import { useState } from "preact/hooks";
import type { FileObject } from "../types.js";
import { Markdown } from "./block-kit/markdown.js";
import { usePage } from "./context.js";
import { Icon } from "./icons.js";
import { Lines } from "./lines.js";
import { sizeForPeople } from "./plain-text.js";

/** A file longer than this is shown up to here; the rest is in the download. */
const shownLines = 2_000;

function save(name: string, content: string): void {
  const address = URL.createObjectURL(new Blob([content]));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}

function Content({ file, content }: { readonly file: FileObject; readonly content: string }) {
  if (file.filetype === "markdown") return <Markdown text={content} />;
  return <Lines text={content} isDiff={file.filetype === "diff"} isNumbered={file.filetype !== "diff"} />;
}

interface BodyProps {
  readonly file: FileObject;
  readonly content: string | null;
  readonly isOpen: boolean;
}

function FileBody({ file, content, isOpen }: BodyProps) {
  if (!isOpen || content === null) return <Content file={file} content={file.preview ?? ""} />;
  const lines = content.split("\n");
  const isCut = lines.length > shownLines;
  return (
    <>
      <Content file={file} content={isCut ? lines.slice(0, shownLines).join("\n") : content} />
      {isCut && (
        <p class="file-note">
          The first {shownLines.toLocaleString()} of {lines.length.toLocaleString()} lines; the download has all of them.
        </p>
      )}
    </>
  );
}

/** A shared file: name, kind and size, its first lines, the whole of it on demand, and the download. */
export function FileCard({ file }: { readonly file: FileObject }) {
  const { client } = usePage();
  const [content, setContent] = useState<string | null>(null);
  const [isOpen, setOpen] = useState(false);
  const load = async (): Promise<string> => {
    const loaded = content ?? (await client.download(file.url_private_download)) ?? "";
    setContent(loaded);
    return loaded;
  };
  const toggle = async (): Promise<void> => {
    if (!isOpen) await load();
    setOpen(!isOpen);
  };
  const hasMore = (file.lines_more ?? 0) > 0;
  return (
    <section class="file" aria-label={`File ${file.title}`}>
      <header class="file-head">
        <span class={`file-icon file-${file.filetype}`}>
          <Icon name="file" />
        </span>
        <span class="file-name">
          <strong>{file.title}</strong>
          <span>
            {file.pretty_type} · {sizeForPeople(file.size)}
            {file.lines === undefined ? "" : ` · ${file.lines.toLocaleString()} ${file.lines === 1 ? "line" : "lines"}`}
          </span>
        </span>
        <button
          type="button"
          class="icon-button"
          aria-label={`Download ${file.name}`}
          onClick={() => void load().then((loaded) => save(file.name, loaded))}
        >
          <Icon name="download" />
        </button>
      </header>
      {file.mode === "snippet" && (
        <div class={hasMore && !isOpen ? "file-body is-cut" : "file-body"}>
          <FileBody file={file} content={content} isOpen={isOpen} />
        </div>
      )}
      {hasMore && (
        <button type="button" class="file-more" aria-expanded={isOpen} onClick={() => void toggle()}>
          {isOpen ? "Show less" : `Show all ${(file.lines ?? 0).toLocaleString()} lines`}
        </button>
      )}
    </section>
  );
}
