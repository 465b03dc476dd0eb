import type { StoryPorts, WorkOptions } from "../../src/app/story-ports.js";

/** Holds every review until it is let go, and tells when one has begun. */
export function createGate() {
  const gate = { begun: 0, letGo: (): void => undefined };
  const open = new Promise<void>((resolve) => (gate.letGo = resolve));
  const hold =
    (patient: boolean) =>
    (ports: StoryPorts): StoryPorts => ({
      ...ports,
      consult: async (request, options: WorkOptions) => {
        gate.begun += 1;
        const aborted = new Promise<never>((_, reject) => {
          const give = (): void => reject(options.signal.reason as Error);
          if (options.signal.aborted) give();
          else options.signal.addEventListener("abort", give);
        });
        aborted.catch(() => undefined); // when nobody waits for it
        await (patient ? open : Promise.race([open, aborted]));
        return ports.consult(request, options);
      },
    });
  return { gate, hold };
}
