import type { JobChanges } from "../../../jobs/lifecycle/transitions.ts";
import type { JobStore, Ports } from "../../../jobs/ports.ts";
import type { Plant } from "./stage.ts";

/** Bugs planted between our code and its ports, to see the suite catch them. */

const withStore = (change: (store: JobStore) => Partial<JobStore>): Plant => {
  return (ports: Ports) => ({ ...ports, store: { ...ports.store, ...change(ports.store) } });
};

export const plants = {
  /** Writes of old dispatches and of other workers are let through. */
  "drops the fence": withStore((store) => ({
    update: (jobId, { dispatch: _, worker: __, ...guard }, ...rest) => store.update(jobId, guard, ...rest),
  })),

  /** A claim holds for ever: nobody looks after a worker that died. */
  "drops the lease": withStore((store) => ({
    update: (jobId, guard, changes, append) =>
      store.update(jobId, guard, "leaseUntil" in changes ? neverDue(changes) : changes, append),
  })),

  /** A message is sent, and nobody looks after it. */
  "forgets dueAt": withStore((store) => ({
    create: (job) => {
      const { dueAt: _, ...rest } = job;
      return store.create(rest);
    },
    update: (jobId, guard, changes, append) =>
      store.update(jobId, guard, changes.step === "sent" ? withoutDue(changes) : changes, append),
  })),

  /** The end of a job is told by whoever wrote it, or by nobody. */
  "announces but once": withStore((store) => ({
    update: (jobId, guard, changes, append) =>
      store.update(jobId, guard, changes.finishedAt === undefined ? changes : withoutDue(changes), append),
  })),

  "never releases a slot": (ports) => ({
    ...ports,
    slots: { ...ports.slots, release: async () => undefined },
  }),
} satisfies Record<string, Plant>;

/** A hundred years from now counts as never, and is still a number. */
const farAway = 100 * 365 * 86_400_000;

function neverDue(changes: JobChanges): JobChanges {
  const { leaseUntil, dueAt } = changes;
  if (leaseUntil === undefined || dueAt === undefined) return changes;
  return { ...changes, leaseUntil: leaseUntil + farAway, dueAt: dueAt + farAway } as JobChanges;
}

function withoutDue(changes: JobChanges): JobChanges {
  return { ...changes, dueAt: undefined } as JobChanges;
}
