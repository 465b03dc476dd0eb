import type { User } from "../types.js";
import { Icon } from "./icons.js";

const colours = 6;
const colourOf = (name: string): number => [...name].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % colours;

/** A person's initials on their colour, or Guard's shield. */
export function Avatar({ user, isSmall = false }: { readonly user: User | undefined; readonly isSmall?: boolean }) {
  const size = isSmall ? "avatar avatar-small" : "avatar";
  if (user === undefined) return <span class={`${size} avatar-0`} aria-hidden="true" />;
  if (user.botId !== null) {
    return (
      <span class={`${size} avatar-guard`} aria-hidden="true">
        <Icon name="shield" />
      </span>
    );
  }
  const initials = user.realName
    .split(" ")
    .map((word) => word[0] ?? "")
    .join("")
    .slice(0, 2);
  return (
    <span class={`${size} avatar-${colourOf(user.name)}`} aria-hidden="true">
      {initials}
    </span>
  );
}
