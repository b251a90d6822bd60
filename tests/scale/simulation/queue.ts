import type { Queue } from "../../../jobs/ports.ts";
import type { Clock } from "../../faults/simulation/clock.ts";
import type { Hits } from "./hits.ts";
import { limits } from "./limits.ts";
import type { Services } from "./services.ts";

/** As infra/queue.yml sets it. */
const visibility = 720_000;
/** A message that has waited so long was held back: a function usually starts within the second. */
const heldBack = 10_000;
const second = 1000;

interface Waiting {
  readonly text: string;
  readonly since: number;
}

/** SQS and the event source of `work`: it starts with five functions and gets five more each second while there is a backlog. */
export class EventSource {
  readonly queue: Queue;
  /** The most messages that waited. */
  longest = 0;
  readonly #clock: Clock;
  readonly #hits: Hits;
  readonly #most: number;
  readonly #run: (text: string) => Promise<void> | undefined;
  #waiting: Waiting[] = [];
  #head = 0;
  #inFlight = 0;
  #busy = 0;
  #allowed = 5;

  /** @param run starts a function with a message; undefined when Lambda refuses */
  constructor(
    { clock, services, hits }: { clock: Clock; services: Services; hits: Hits },
    concurrency: number,
    run: (text: string) => Promise<void> | undefined,
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
          () => this.#add(JSON.stringify(message)),
        ),
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

  #add(text: string): void {
    this.#waiting.push({ text, since: this.#clock.now });
    this.longest = Math.max(this.longest, this.backlog);
    this.#poll();
  }

  #poll(): void {
    while (this.backlog > 0) {
      const message = this.#waiting[this.#head] as Waiting;
      const late = this.#clock.now - message.since > heldBack;
      if (this.#busy >= Math.floor(this.#allowed)) {
        if (late) this.#hits.add(this.#allowed < this.#most ? "eventSource" : "workConcurrency");
        return;
      }
      if (this.#inFlight >= limits.sqsInFlight.most) {
        this.#hits.add("sqsInFlight");
        return;
      }
      const done = this.#run(message.text);
      // Lambda has refused: the pollers keep the message and try again.
      if (!done) return;
      this.#head++;
      if (this.#head > 10_000) {
        this.#waiting = this.#waiting.slice(this.#head);
        this.#head = 0;
      }
      this.#busy++;
      this.#inFlight++;
      done
        .then(
          () => {
            this.#inFlight--;
          },
          () => {
            this.#clock.later(visibility, () => {
              this.#inFlight--;
              this.#add(message.text);
            });
          },
        )
        .finally(() => {
          this.#busy--;
          this.#poll();
        });
    }
  }
}
