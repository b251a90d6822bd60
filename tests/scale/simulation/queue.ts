import type { Queue } from "../../../jobs/ports.ts";
import type { Delivery } from "../../../jobs/run/batch.ts";
import type { Clock } from "../../faults/simulation/clock.ts";
import type { Hits } from "./hits.ts";
import { limits } from "./limits.ts";
import type { Services } from "./services.ts";

/** As infra/queue.yml sets it. */
const visibility = 720_000;
/** Messages of one function: the event source's batchSize in serverless.yml. */
const batchSize = 10;
/** A message that has waited so long was held back: a function usually starts within the second. */
const heldBack = 10_000;
const second = 1000;

interface Waiting {
  readonly id: string;
  readonly text: string;
  readonly since: number;
  readonly receives: number;
}

/** Runs a function with messages; answers the ids of those that come again. Undefined when Lambda refuses. */
type Run = (batch: readonly Delivery[]) => Promise<readonly string[]> | undefined;

/** SQS and the event source of `work`: it starts with five functions and gets five more each second while there is a backlog. */
export class EventSource {
  readonly queue: Queue;
  /** The most messages that waited. */
  longest = 0;
  readonly #clock: Clock;
  readonly #hits: Hits;
  readonly #most: number;
  readonly #run: Run;
  #sent = 0;
  #waiting: Waiting[] = [];
  #head = 0;
  #inFlight = 0;
  #busy = 0;
  #allowed = 5;

  constructor(
    { clock, services, hits }: { clock: Clock; services: Services; hits: Hits },
    concurrency: number,
    run: Run,
  ) {
    this.#clock = clock;
    this.#hits = hits;
    this.#most = concurrency;
    this.#run = run;
    this.#allowed = Math.min(5, concurrency);
    this.queue = {
      send: (message) =>
        services.call(
          "SQS",
          () => undefined,
          () => this.#add({ id: `message-${this.#sent++}`, text: JSON.stringify(message), receives: 1 }),
        ),
      sendMany: async (sendings) => {
        for (const { message } of sendings) await this.queue.send(message);
        return [];
      },
      waiting: () =>
        services.call(
          "SQS",
          () => undefined,
          () => this.backlog + this.#inFlight,
        ),
    };
  }

  /** Messages that no function has. */
  get backlog(): number {
    return this.#waiting.length - this.#head;
  }

  start(): void {
    this.#clock.later(second, () => {
      // More functions only while those there are do not keep up.
      if (this.backlog > 0)
        this.#allowed = Math.min(this.#most, this.#allowed + limits.eventSource.most / 60);
      this.#poll();
      this.start();
    });
  }

  #add(message: Omit<Waiting, "since">): void {
    this.#waiting.push({ ...message, since: this.#clock.now });
    this.longest = Math.max(this.longest, this.backlog);
    this.#poll();
  }

  #poll(): void {
    while (this.backlog > 0) {
      const batch = this.#waiting.slice(this.#head, this.#head + batchSize);
      const late = batch.some(({ since }) => this.#clock.now - since > heldBack);
      if (this.#busy >= Math.floor(this.#allowed)) {
        if (late) this.#hits.add(this.#allowed < this.#most ? "eventSource" : "workConcurrency");
        return;
      }
      if (this.#inFlight >= limits.sqsInFlight.most) {
        this.#hits.add("sqsInFlight");
        return;
      }
      const done = this.#run(batch);
      // Lambda has refused: the pollers keep the messages and try again.
      if (!done) return;
      this.#received(batch, done);
    }
  }

  #received(batch: readonly Waiting[], done: Promise<readonly string[]>): void {
    this.#head += batch.length;
    if (this.#head > 10_000) {
      this.#waiting = this.#waiting.slice(this.#head);
      this.#head = 0;
    }
    this.#busy++;
    this.#inFlight += batch.length;
    void done
      // Of a function that was killed all come again.
      .catch(() => batch.map(({ id }) => id))
      .then((failed) => {
        this.#inFlight -= batch.length - failed.length;
        const again = batch.filter(({ id }) => failed.includes(id));
        if (again.length > 0) this.#clock.later(visibility, () => this.#comeAgain(again));
        this.#busy--;
        this.#poll();
      });
  }

  #comeAgain(messages: readonly Waiting[]): void {
    this.#inFlight -= messages.length;
    for (const { id, text, receives } of messages) this.#add({ id, text, receives: receives + 1 });
  }
}
