/** Edits (insert, remove, replace one character) that turn one word into the other; over `limit` it stops counting and gives `limit + 1`. */
export function editDistance(one: string, other: string, limit = 64): number {
  if (Math.abs(one.length - other.length) > limit) return limit + 1;
  let previous = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    let least = row;
    for (let column = 1; column <= other.length; column += 1) {
      const replaced = (previous[column - 1] ?? 0) + (one[row - 1] === other[column - 1] ? 0 : 1);
      const cost = Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1);
      current.push(cost);
      least = Math.min(least, cost);
    }
    if (least > limit) return limit + 1;
    previous = current;
  }
  return Math.min(previous[other.length] ?? 0, limit + 1);
}

/** The names most like the wanted one, nearest first: the same in another case, those that contain it, then those few edits away. At most `count`; case is not considered. */
export function nearest(wanted: string, names: Iterable<string>, count = 3): string[] {
  const target = wanted.slice(0, 200).toLowerCase();
  const limit = Math.max(2, Math.floor(target.length / 3));
  const scored: { name: string; score: number }[] = [];
  for (const name of new Set(names)) {
    const candidate = name.slice(0, 400).toLowerCase();
    const longer = target.length >= 3 && candidate.includes(target);
    const score = longer && candidate !== target ? 0.5 + candidate.length / 1000 : editDistance(target, candidate, limit);
    if (score <= limit) scored.push({ name, score });
  }
  scored.sort((one, other) => one.score - other.score || (one.name < other.name ? -1 : 1));
  return scored.slice(0, count).map(({ name }) => name);
}

/** "a", "a or b", "a, b or c". */
export function listed(names: readonly string[]): string {
  if (names.length <= 1) return names[0] ?? "";
  return `${names.slice(0, -1).join(", ")} or ${names[names.length - 1] ?? ""}`;
}
