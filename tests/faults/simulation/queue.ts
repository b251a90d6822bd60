import type { Message } from "../../../jobs/message.ts";
import type { DeadLetter, DeadLetters, Queue } from "../../../jobs/ports.ts";
import type { Adversary } from "./adversary.ts";
import type { Clock } from "./clock.ts";
import type { Network } from "./network.ts";

/** As infra/queues.yml sets them. */
const visibility = 720_000;
const maxReceives = 5;
/** How long a read of the dead-letter queue hides what it read. */
const deadLetterHidden = 30_000;

export interface QueuedMessage {
  readonly id: number;
  readonly text: string;
  readonly jobId: string;
  readonly sentAt: number;
  receives: number;
  visibleAt: number;
  gone: boolean;
}

/** SQS: at least once, in no order, hidden while received, parked after five receives. */
export class MessageQueue {
  readonly all = new Set<QueuedMessage>();
  readonly dead = new Map<
    string,
    DeadLetter & { hiddenUntil: number; readonly jobId: string; readonly innocent: boolean }
  >();
  /** Messages that were in the function when another killed it: they may end among the dead letters with that one. */
  readonly diedWithOthers = new Set<number>();
  /** Set by the function's poller: told when a message may be received. */
  onVisible: () => void = () => undefined;
  readonly queue: Queue;
  readonly deadLetters: DeadLetters;
  readonly #clock: Clock;
  readonly #adversary: Adversary;
  #sent = 0;

  constructor(clock: Clock, network: Network, adversary: Adversary) {
    this.#clock = clock;
    this.#adversary = adversary;
    this.queue = {
      send: (message) =>
        network.call("SQS", "SendMessage", message.jobId, () => {
          this.#add(JSON.stringify(message), message.jobId);
        }),
      sendMany: async (sendings) => {
        // SQS takes or leaves each entry by itself: half of them, now and then.
        const left: Message[] = [];
        for (const { message } of sendings) {
          if (adversary.strikes("message of a batch left out", message.jobId)) left.push(message);
          else await this.queue.send(message);
        }
        return left;
      },
      waiting: () => network.call("SQS", "GetQueueAttributes", undefined, () => this.all.size),
    };
    this.deadLetters = {
      count: () => network.call("SQS", "GetQueueAttributes", undefined, () => this.dead.size),
      read: (limit) =>
        network.call("SQS", "ReceiveMessage", undefined, () => {
          const readable = [...this.dead.values()].filter(({ hiddenUntil }) => hiddenUntil <= clock.now);
          return readable.slice(0, limit).map((letter) => {
            letter.hiddenUntil = clock.now + deadLetterHidden;
            const { handle, text, sentAt } = letter;
            return { handle, text, sentAt };
          });
        }),
      putBack: (letters) =>
        network.call("SQS", "ChangeMessageVisibility", undefined, () => {
          for (const { handle } of letters) {
            const letter = this.dead.get(handle);
            if (letter) letter.hiddenUntil = clock.now;
          }
        }),
      remove: ({ handle }) =>
        network.call("SQS", "DeleteMessage", undefined, () => {
          this.dead.delete(handle);
        }),
    };
  }

  /** Any visible message; one that was received too often goes to the dead-letter queue instead. */
  receive(): QueuedMessage | undefined {
    const { chance } = this.#adversary;
    for (;;) {
      const visible = [...this.all].filter(({ visibleAt }) => visibleAt <= this.#clock.now);
      if (visible.length === 0) return undefined;
      const message = chance.pick(visible);
      if (message.receives >= maxReceives) {
        this.#bury(message);
        continue;
      }
      message.receives++;
      this.#hide(message, visibility);
      return message;
    }
  }

  delete(message: QueuedMessage): void {
    message.gone = true;
    this.all.delete(message);
  }

  #add(text: string, jobId: string): void {
    const late = this.#adversary.strikes("message delayed", jobId);
    const { chance } = this.#adversary;
    const delay = late ? chance.spread(5_000, 240_000) : chance.between(5, 60);
    const sentAt = this.#clock.now;
    const message = { id: this.#sent++, text, jobId, sentAt, receives: 0, visibleAt: 0, gone: false };
    this.all.add(message);
    this.#hide(message, delay);
  }

  #hide(message: QueuedMessage, milliseconds: number): void {
    const until = this.#clock.now + milliseconds;
    message.visibleAt = until;
    this.#clock.later(milliseconds, () => {
      if (!message.gone && message.visibleAt === until) this.onVisible();
    });
  }

  #bury(message: QueuedMessage): void {
    this.delete(message);
    const { text, jobId, sentAt, id } = message;
    const handle = `dead-${id}`;
    const innocent = this.diedWithOthers.has(id);
    this.dead.set(handle, { handle, text, sentAt, jobId, innocent, hiddenUntil: 0 });
  }
}
