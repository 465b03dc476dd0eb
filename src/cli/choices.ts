import { InvalidArgumentError } from "commander";

/** A commander parser that takes one of the given words. */
export function oneOf<Word extends string>(words: readonly Word[]): (value: string) => Word {
  return (value) => {
    const chosen = words.find((word) => word === value);
    if (chosen === undefined) throw new InvalidArgumentError(`Take one of ${words.join(", ")}.`);
    return chosen;
  };
}

/** A commander parser for `a,b,c`. */
export function listOf(value: string): readonly string[] {
  return value
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}
