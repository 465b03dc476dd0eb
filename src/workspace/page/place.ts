/** Where a permalink points. */
export interface Place {
  readonly channel: string;
  readonly ts: string;
  readonly thread: string | null;
}

/** Reads `/archives/CHANNEL/pTIMESTAMP?thread_ts=…`; null for any other address. */
export function readPlace(url: URL): Place | null {
  const match = /^\/archives\/([A-Z0-9]+)\/p(\d{10})(\d{6})$/.exec(url.pathname);
  if (match === null) return null;
  const [, channel = "", seconds = "", micros = ""] = match;
  return { channel, ts: `${seconds}.${micros}`, thread: url.searchParams.get("thread_ts") };
}
