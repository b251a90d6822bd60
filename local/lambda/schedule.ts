import type { Invocation } from "./function.ts";

export interface Schedule {
  stop(): Promise<void>;
}

/** Invokes again and again, never twice at once: `seconds` lie between an end and the next start. */
export function startSchedule(
  seconds: number,
  region: string,
  invoke: (event: unknown) => Promise<Invocation>,
): Schedule {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  const tick = async (): Promise<void> => {
    await invoke({
      version: "0",
      source: "aws.events",
      "detail-type": "Scheduled Event",
      region,
      time: new Date().toISOString(),
      resources: [],
      detail: {},
    });
    if (!stopped) plan();
  };
  const plan = (): void => {
    timer = setTimeout(() => {
      running = tick();
    }, seconds * 1000);
  };
  plan();

  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
