import type { Service } from "./network.ts";
import type { Stage } from "./stage.ts";
import type { Script } from "./workload.ts";
import { jobIdOf } from "./workload.ts";

const services: readonly Service[] = ["DynamoDB", "S3", "SQS", "ECS", "EventBridge"];

/** What comes from outside, spread over the storm: arrivals, callers and their whims, services that go down. */
export function planStorm(
  { clock, adversary, network, callers, functions, table }: Stage,
  scripts: readonly Script[],
  { arrivals, storm }: { arrivals: number; storm: number },
): void {
  const { chance } = adversary;
  functions.startSweeping();
  for (let at = 0; at < storm; at += 60_000) {
    for (const service of services) {
      if (adversary.likely("service down a while")) {
        clock.later(at + chance.between(0, 60_000), () =>
          network.breakDown(service, chance.spread(2_000, 120_000)),
        );
      }
    }
  }
  for (const script of scripts) {
    const at = chance.between(0, arrivals);
    clock.later(at, () => void callers.submit(script));
    if (chance.hit(0.08)) {
      clock.later(at + chance.spread(100, 600_000), () => void callers.cancel(script));
    }
    const persistent = chance.hit(0.6);
    const look = () => {
      const { status } = table.items.get(jobIdOf(script)) ?? {};
      const unlucky = status === "FAILED" || status === "CANCELLED";
      if (unlucky && persistent && !adversary.calm && chance.hit(0.3)) void callers.retry(script);
      else void callers.poll(script);
      clock.later(chance.spread(10_000, 300_000), look);
    };
    clock.later(at + chance.spread(1_000, 60_000), look);
  }
}
