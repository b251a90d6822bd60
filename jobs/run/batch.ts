import { lanes } from "../lanes/table.ts";
import { publishEnds } from "../lifecycle/completion.ts";
import { type Message, parseMessage } from "../message.ts";
import type { Compute, Ports } from "../ports.ts";
import type { Job } from "../record.ts";
import type { Machine } from "./claim.ts";
import { work } from "./dispatch.ts";
import { launchName } from "./launch-name.ts";

/** A message as the queue delivers it. */
export interface Delivery {
  readonly id: string;
  readonly text: string;
  /** How often it was received, this time included. */
  readonly receives: number;
  /** The trace that it carries, of its job. */
  readonly trace?: string | undefined;
}

interface Read {
  readonly delivery: Delivery;
  readonly message: Message;
}

/**
 * Answers up to ten messages. Launches come first, side by side: a computation that blocks the thread, and dies of it,
 * would keep them. Small jobs follow, side by side; what was received before, and so may have killed its function,
 * comes after them, one by one. Of jobs that are not small one is run, as the function's time may be over
 * with it: the others are sent once more, for other functions. The ends are published in one call.
 *
 * @returns the ids of the messages that must come again. A killed function answers for none, so that all of them do: the
 * fence drops those whose job has moved on.
 */
export async function workBatch(
  deliveries: readonly Delivery[],
  machine: Machine,
  compute: Compute,
  ports: Ports,
): Promise<string[]> {
  const failed: string[] = [];
  const ended: Job[] = [];
  const attempt = async ({ id }: Delivery, step: () => Promise<unknown>): Promise<void> => {
    try {
      await ports.log.scope(step);
    } catch (error) {
      ports.log.error("message not answered: the queue delivers it again", { messageId: id, error });
      failed.push(id);
    }
  };
  const answer = ({ delivery, message }: Read) =>
    attempt(delivery, () => work(message, machine, compute, ports, (job) => ended.push(job)));

  const read: Read[] = [];
  for (const delivery of deliveries) {
    await attempt(delivery, async () => void read.push({ delivery, message: parseMessage(delivery.text) }));
  }
  const { launches, small, oneByOne, large } = sorted(read);
  await Promise.all(launches.map(answer));
  await Promise.all(small.map(answer));
  for (const one of oneByOne) await answer(one);
  const [first, ...rest] = large;
  // The ends so far, before a long run: it may not come back.
  if (first) await publish(ended.splice(0), ports);
  await Promise.all([
    ...(first ? [answer(first)] : []),
    ...rest.map(({ delivery, message }) =>
      attempt(delivery, async () => {
        // Sent once more, it would be as if received for the first time.
        if (delivery.receives > 1) throw new Error("another job's turn came first");
        if (await isWaited(message, ports)) await ports.queue.send(message, delivery.trace);
      }),
    ),
  ]);
  await publish(ended, ports);
  return failed;
}

/**
 * Copies of a message whose job has moved on end here. Passed on, they would grow without end while the replies of
 * sends are lost: the SDK sends again, and each batch runs one of ten. A message may come before its record does.
 */
async function isWaited({ jobId, dispatch }: Message, { store }: Pick<Ports, "store">): Promise<boolean> {
  const job = await store.get(jobId);
  return !job || (job.status === "PENDING" && job.dispatch === dispatch);
}

async function publish(jobs: readonly Job[], ports: Ports): Promise<void> {
  if (jobs.length > 0) await publishEnds(jobs, ports);
}

function sorted(read: readonly Read[]) {
  const isLaunch = ({ message }: Read) => lanes[message.target].launch !== "inline";
  const isShort = (one: Read) => one.message.small || isLaunch(one);
  const isFresh = ({ delivery }: Read) => delivery.receives === 1;
  const short = read.filter(isShort);
  const fresh = short.filter(isFresh);
  return {
    launches: fresh.filter(isLaunch),
    small: fresh.filter((one) => !isLaunch(one)),
    oneByOne: short.filter((one) => !isFresh(one)),
    // What was received most often has its turn: it may be on its way to the dead letters.
    large: withoutCopies(
      read
        .filter((one) => !isShort(one))
        .sort((one, other) => other.delivery.receives - one.delivery.receives),
    ),
  };
}

/** The first of each message: its copies are done with when it is. */
function withoutCopies(read: readonly Read[]): Read[] {
  const byName = new Map<string, Read>();
  for (const one of read) {
    const name = launchName(one.message);
    if (!byName.has(name)) byName.set(name, one);
  }
  return [...byName.values()];
}
