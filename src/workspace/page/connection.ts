import type { Frame } from "../page-frames.js";

/** Keeps a connection to the workspace open, opening it again whenever it drops; returns what ends it. */
export function connect(onFrame: (frame: Frame) => void, onOffline: () => void): () => void {
  let ended = false;
  let socket: WebSocket | null = null;
  let attempts = 0;
  const open = (): void => {
    socket = new WebSocket(`ws://${location.host}/page/socket`);
    socket.addEventListener("message", (event: MessageEvent<string>) => {
      attempts = 0;
      onFrame(JSON.parse(event.data) as Frame);
    });
    socket.addEventListener("close", () => {
      if (ended) return;
      onOffline();
      attempts += 1;
      setTimeout(open, Math.min(5_000, 250 * 2 ** attempts));
    });
  };
  open();
  return () => {
    ended = true;
    socket?.close();
  };
}
