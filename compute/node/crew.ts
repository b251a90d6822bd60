import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import { type Crew, leastShared, type Member, soloCrew, type Threads } from "../engines/threads.ts";
import { kernelsOn } from "../engines/wasm/kernels/kernels.ts";
import * as meeting from "./meeting.ts";

/** What a crew's thread is started with. */
export interface CrewThread {
  readonly words: Int32Array;
  readonly thread: number;
  readonly port: MessagePort;
}

/** What it is woken for. */
export interface Order {
  readonly share: string;
  readonly task: unknown;
  readonly who: number;
  readonly of: number;
  /** When it is another one than the last time. */
  readonly memory?: Member["memory"];
}

interface Other {
  readonly thread: number;
  readonly port: MessagePort;
  /** The memory it works on. */
  memory?: Member["memory"];
}

/** This thread's place in a share that runs. */
export function memberOf(
  words: Int32Array,
  place: Pick<Member, "who" | "of" | "memory" | "onFraction">,
): Member {
  return {
    ...place,
    kernels: kernelsOn(place.memory),
    barrier: () => meeting.barrier(words, place.of),
    take: () => meeting.take(words),
  };
}

/**
 * Starts threads that help the calling one, and end with it. Who has not come up yet is not waited for: the
 * calling thread works with those that have. It must not be a thread that has to listen while shares run.
 * @param size threads in all
 * @param entry worker.ts, as bundled text or as a file
 */
export function openThreads(size: number, entry: string | URL): Threads {
  const words = meeting.newMeeting(size);
  const others = Array.from({ length: size - 1 }, (_, index): Other => {
    const { port1, port2 } = new MessageChannel();
    const crewThread: CrewThread = { words, thread: index + 1, port: port2 };
    const worker = new Worker(entry, {
      eval: typeof entry === "string",
      workerData: { crewThread },
      transferList: [port2],
      execArgv: [],
      env: {},
    });
    worker.unref();
    port1.unref();
    return { thread: index + 1, port: port1 };
  });
  return { size, crewOn: (memory) => crewOf(words, others, memory) };
}

function crewOf(words: Int32Array, others: readonly Other[], memory: Member["memory"]): Crew {
  const alone = soloCrew(memory);
  const worth = (nanoseconds: number): Crew => {
    const awake =
      nanoseconds < leastShared ? [] : others.filter(({ thread }) => meeting.hasSignedIn(words, thread));
    if (awake.length === 0) return alone;
    return {
      size: awake.length + 1,
      run: (share, task, onFraction) =>
        runTogether(words, awake, memory, share.name, task, (member) =>
          share.run(task, { ...member, onFraction }),
        ),
      worth,
    };
  };
  return {
    size: others.length + 1,
    run: (share, task, onFraction) => worth(leastShared).run(share, task, onFraction),
    worth,
  };
}

function runTogether(
  words: Int32Array,
  others: readonly Other[],
  memory: Member["memory"],
  share: string,
  task: unknown,
  ownPart: (member: Member) => void,
): void {
  const of = others.length + 1;
  meeting.reset(words);
  for (const [index, other] of others.entries()) {
    const order: Order = { share, task, who: index + 1, of };
    other.port.postMessage(other.memory === memory ? order : { ...order, memory });
    other.memory = memory;
    meeting.wake(words, other.thread);
  }
  let failure: unknown;
  try {
    ownPart(memberOf(words, { who: 0, of, memory, onFraction: () => {} }));
  } catch (error) {
    failure = error;
    meeting.fail(words);
  }
  meeting.waitForAll(words, others.length);
  // What the others say explains why this thread met nobody at its barrier.
  for (const { port } of others) {
    const said = receiveMessageOnPort(port);
    if (said) throw said.message;
  }
  if (failure !== undefined) throw failure;
}
