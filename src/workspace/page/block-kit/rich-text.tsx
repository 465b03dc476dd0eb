import type { ComponentChild } from "preact";
import { emoji } from "../../text/emoji.js";
import type { Inline, Rich, Style } from "../../text/rich-text.js";
import { usePage } from "../context.js";
import { findUser } from "../model.js";
import { Link } from "./link.js";

function styled(content: ComponentChild, style: Style | undefined): ComponentChild {
  let shown = content;
  if (style?.code === true) shown = <code>{shown}</code>;
  if (style?.strike === true) shown = <s>{shown}</s>;
  if (style?.italic === true) shown = <em>{shown}</em>;
  if (style?.bold === true) shown = <strong>{shown}</strong>;
  return shown;
}

export function Mention({ user }: { readonly user: string }) {
  const { snapshot, actor } = usePage();
  const name = findUser(snapshot, user)?.name ?? user;
  return <span class={user === actor.id ? "mention mention-own" : "mention"}>@{name}</span>;
}

export function ChannelMention({ channel }: { readonly channel: string }) {
  const { snapshot, dispatch } = usePage();
  const name = snapshot.channels.find(({ id }) => id === channel)?.name ?? channel;
  return (
    <button type="button" class="mention mention-channel" onClick={() => dispatch({ kind: "open_channel", channel })}>
      #{name}
    </button>
  );
}

export function Emoji({ name }: { readonly name: string }) {
  const character = emoji.get(name);
  if (character === undefined) return <span>:{name}:</span>;
  return (
    <span class="emoji" role="img" aria-label={name.replace(/_/g, " ")}>
      {character}
    </span>
  );
}

function InlineElement({ element }: { readonly element: Inline }) {
  switch (element.type) {
    case "text":
      return <>{styled(element.text, element.style)}</>;
    case "link":
      return <Link address={element.url}>{styled(element.text ?? element.url, element.style)}</Link>;
    case "user":
      return <Mention user={element.user_id} />;
    case "channel":
      return <ChannelMention channel={element.channel_id} />;
    case "usergroup":
      return <span class="mention">@{element.usergroup_id}</span>;
    case "broadcast":
      return <span class="mention mention-own">@{element.range}</span>;
    case "emoji":
      return <Emoji name={element.name} />;
  }
}

export function InlineElements({ elements }: { readonly elements: readonly Inline[] }) {
  return (
    <>
      {elements.map((element, index) => (
        <InlineElement key={index} element={element} />
      ))}
    </>
  );
}

/** One element of a rich_text block: prose, code, a quotation or a list. */
function RichElement({ element }: { readonly element: Rich }) {
  switch (element.type) {
    case "rich_text_section":
      return (
        <div class="prose">
          <InlineElements elements={element.elements} />
        </div>
      );
    case "rich_text_preformatted":
      return (
        <pre class="code" tabIndex={0}>
          <InlineElements elements={element.elements} />
        </pre>
      );
    case "rich_text_quote":
      return (
        <blockquote>
          <InlineElements elements={element.elements} />
        </blockquote>
      );
    case "rich_text_list": {
      const items = element.elements.map((item, index) => (
        <li key={index}>
          <InlineElements elements={item.elements} />
        </li>
      ));
      const level = `list indent-${Math.min(4, element.indent ?? 0)}`;
      return element.style === "ordered" ? <ol class={level}>{items}</ol> : <ul class={level}>{items}</ul>;
    }
  }
}

export function RichText({ elements }: { readonly elements: readonly Rich[] }) {
  return (
    <>
      {elements.map((element, index) => (
        <RichElement key={index} element={element} />
      ))}
    </>
  );
}
