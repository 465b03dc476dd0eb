import * as z from "zod";
import type { AttachedFile } from "./incoming.js";

const optionalText = z
  .string()
  .nullish()
  .transform((value) => value ?? null);

/** A file as Slack describes it beside a message. */
export const SlackFile = z.object({
  id: z.string(),
  name: optionalText,
  title: optionalText,
  size: z
    .number()
    .nullish()
    .transform((value) => value ?? null),
  url_private_download: optionalText,
  url_private: optionalText,
});

/** What fetching the file needs; `url` is null where Slack gives only its id. */
export function attachedFile(file: z.infer<typeof SlackFile>): AttachedFile {
  return {
    id: file.id,
    name: file.name ?? file.title ?? file.id,
    size: file.size,
    url: file.url_private_download ?? file.url_private,
  };
}
