const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A path's bytes as text: UTF-8 where they are, else one character a byte, so that no two paths become the same. */
export function decodePath(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    return Buffer.from(bytes).toString("latin1");
  }
}
