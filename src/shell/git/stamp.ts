import type { Stats } from "node:fs";

/** A write this close to a look at the file may bear the time of an earlier one: the clock of the file system has not ticked in between. */
const tickMs = 100;
/** Some file systems keep whole seconds, or two. */
const coarseTickMs = 2_100;

/** What changes whenever a file is written, replaced or touched; size alone or one of the times can be set back, not all of them. */
export function stampOf({ size, mtimeMs, ctimeMs, ino }: Stats): string {
  return `${size} ${mtimeMs} ${ctimeMs} ${ino}`;
}

/** Whether a file seen at `now` may be written once more without its stamp telling: then it is not remembered, as git does it. */
export function mayChangeUnseen({ mtimeMs, ctimeMs }: Stats, now: number): boolean {
  const tick = mtimeMs % 1_000 === 0 && ctimeMs % 1_000 === 0 ? coarseTickMs : tickMs;
  return now - Math.max(mtimeMs, ctimeMs) < tick;
}
