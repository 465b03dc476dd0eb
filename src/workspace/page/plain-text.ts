import { unescapeText } from "../text/escape.js";
import type { User } from "../types.js";

/** What a person typed, with the characters that mean something to Slack made plain. */
export const escapePlainText = (text: string): string => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

/** A stored message as its author typed it: mentions as `@name`, links as addresses. */
export function typedText(stored: string, users: readonly User[]): string {
  const named = stored
    .replace(/<@([UW][A-Z0-9]+)(?:\|[^>]*)?>/g, (written, id: string) => {
      const user = users.find((one) => one.id === id);
      return user === undefined ? written : `@${user.name}`;
    })
    .replace(/<((?:https?:\/\/|mailto:)[^|>]+)(?:\|[^>]*)?>/g, "$1");
  return unescapeText(named);
}

/** An address a link may have; null for anything that could run code. */
export function safeAddress(address: string): string | null {
  try {
    const url = new URL(address, "http://invalid.invalid");
    return ["http:", "https:", "mailto:"].includes(url.protocol) && url.hostname !== "invalid.invalid" ? url.href : null;
  } catch {
    return null;
  }
}

const units = ["bytes", "kB", "MB", "GB"];

/** A size for people: 512 bytes, 4.2 kB, 1.3 MB. */
export function sizeForPeople(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const amount = bytes / 1000 ** power;
  return `${power === 0 || amount >= 100 ? Math.round(amount) : amount.toFixed(1)} ${units[power] ?? ""}`;
}

const dateOf = (ts: string): Date => new Date(Number(ts) * 1000);

export const clockTime = (ts: string): string => dateOf(ts).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

/** The same without AM or PM, for the narrow margin. */
export const shortTime = (ts: string): string => clockTime(ts).replace(/\s?[AP]M$/i, "");

export const fullTime = (ts: string): string => dateOf(ts).toLocaleString([], { dateStyle: "full", timeStyle: "medium" });

/** Today, Yesterday, or the date. */
export function dayName(ts: string, now: Date): string {
  const date = dateOf(ts);
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  if (date.toDateString() === now.toDateString()) return "Today";
  if (date.toDateString() === yesterday.toDateString()) return "Yesterday";
  return date.toLocaleDateString([], { weekday: "long", day: "numeric", month: "long" });
}
