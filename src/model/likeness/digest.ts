/** A number below 2^31 that equal lists of texts share; others share it by accident once in two thousand million. */
export function digestOf(texts: readonly string[]): number {
  let hash = 0x811c9dc5;
  for (const text of texts) {
    for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
    hash = Math.imul(hash ^ 0xff, 0x01000193);
    hash ^= hash >>> 15;
  }
  return hash & 0x7fffffff;
}
