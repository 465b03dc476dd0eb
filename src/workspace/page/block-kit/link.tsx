import type { ComponentChildren } from "preact";
import { usePage } from "../context.js";
import { readPlace } from "../place.js";
import { safeAddress } from "../plain-text.js";

interface LinkProps {
  readonly address: string;
  readonly children: ComponentChildren;
}

/** The workspace answers under both of its loopback names. */
const isOwnAddress = (url: URL): boolean => ["127.0.0.1", "localhost"].includes(url.hostname) && url.port === location.port;

/** A link that opens elsewhere, or moves the page when it is a permalink of this workspace; text when its address is not safe. */
export function Link({ address, children }: LinkProps) {
  const { dispatch, snapshot } = usePage();
  const safe = safeAddress(address);
  if (safe === null) return <span>{children}</span>;
  const url = new URL(safe);
  const isOwn = isOwnAddress(url);
  const place = isOwn ? readPlace(url) : null;
  // The cookie that opens this page belongs to the name it was opened under.
  const target = isOwn ? location.origin + url.pathname + url.search + url.hash : safe;
  const follow = (event: Event): void => {
    if (place === null) return;
    event.preventDefault();
    const message = snapshot.messages[place.channel]?.find(({ ts }) => ts === place.ts);
    const root = message?.reply_count === undefined ? null : message.ts;
    dispatch({ kind: "go_to", ...place, thread: place.thread ?? root });
  };
  return (
    <a href={target} target={place === null ? "_blank" : undefined} rel="noopener noreferrer" onClick={follow}>
      {children}
    </a>
  );
}
