import * as z from "zod";

/** `data/advisories.yml`: published faults of Hex packages. `affected` lists ranges such as `>= 1.2.0, < 1.10.2`; `fixed` is empty while no version mends it. */
export const Advisories = z.strictObject({
  version: z.number().int(),
  advisories: z.array(
    z.strictObject({
      package: z.string().min(1),
      id: z.string().regex(/^GHSA(-[0-9a-z]{4}){3}$/),
      severity: z.enum(["critical", "high", "moderate", "low"]),
      published: z.iso.date(),
      title: z.string().min(1),
      affected: z.array(z.string().regex(/^(<=?|>=?|=) \S+(, <=? \S+)?$/)).min(1),
      fixed: z.array(z.string().min(1)),
    }),
  ),
});
export type Advisory = z.infer<typeof Advisories>["advisories"][number];
