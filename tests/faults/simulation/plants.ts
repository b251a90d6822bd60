import { isTerminal } from "@sluice/contract/job";
import type { JobStore } from "../../../jobs/job-store.ts";
import { failed, type JobChanges } from "../../../jobs/lifecycle/transitions.ts";
import type { Ports } from "../../../jobs/ports.ts";
import { limits } from "../../../jobs/timing.ts";
import { current } from "./machine.ts";
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

  /** Spot has no machine, and is asked until the deadline. */
  "stays on Spot": (ports) => ({
    ...ports,
    tasks: { ...ports.tasks, run: (request) => ports.tasks.run({ ...request, spot: ports.settings.spot }) },
  }),

  /** Three starts that fail end a job as three attempts would that died. */
  "counts failed starts": (ports) => {
    const failures = new Map<string, number>();
    const counted = withStore((store) => ({
      update: async (jobId, guard, changes, append) => {
        if (!changes.statusReason?.startsWith("waiting for a Fargate task")) {
          return store.update(jobId, guard, changes, append);
        }
        const times = (failures.get(jobId) ?? 0) + 1;
        failures.set(jobId, times);
        const job = times < limits.countedAttempts ? undefined : await store.get(jobId);
        if (!job) return store.update(jobId, guard, changes, append);
        const error = { code: "attempts-exhausted", message: `${times} starts failed` } as const;
        return store.update(jobId, guard, failed(job, ports.now(), error).changes, append);
      },
    }));
    return counted(ports);
  },

  /** Who computes a job at once answers, and writes its record meanwhile. */
  "answers before the record": withStore((store) => ({
    create: async (job) => {
      const written = store.create(job);
      if (!isTerminal(job.status)) return written;
      written.catch(() => undefined);
      return { created: true };
    },
  })),

  "never releases a slot": (ports) => ({
    ...ports,
    slots: { ...ports.slots, release: async () => undefined },
  }),
} satisfies Record<string, Plant>;

/** No bug: every message is lost but those of one kind of function. */
export const onlySendsOf = (name: "sweep" | "submit"): Plant => {
  return (ports) => ({
    ...ports,
    queue: {
      ...ports.queue,
      send: async (...sent) => {
        if (current()?.name === name) await ports.queue.send(...sent);
      },
    },
  });
};

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
