import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import type { Member } from "../engines/threads.ts";
import { shareNamed } from "../engines/wasm/shares.ts";
import { type CrewThread, memberOf, type Order } from "./crew.ts";
import * as meeting from "./meeting.ts";

/** A crew's thread: sleeps, does its part of a share, sleeps, until it is terminated. */
export function serveCrew({ words, thread, port }: CrewThread): never {
  let memory: Member["memory"] | undefined;
  meeting.signIn(words, thread);
  for (let last = 1; ; ) {
    last = meeting.sleep(words, thread, last);
    const order = receiveMessageOnPort(port)?.message as Order;
    memory = order.memory ?? memory;
    try {
      if (!memory) throw new Error(`no memory came with the share ${order.share}`);
      doPart(order, memory, words);
    } catch (error) {
      say(port, words, error);
    }
    meeting.finish(words);
  }
}

function doPart({ share, task, who, of }: Order, memory: Member["memory"], words: Int32Array): void {
  shareNamed(share).run(task, memberOf(words, { who, of, memory, onFraction: () => {} }));
}

/** Those who were only let go at a barrier have nothing to add. */
function say(port: MessagePort, words: Int32Array, error: unknown): void {
  if (!meeting.hasFailed(words)) port.postMessage(error);
  meeting.fail(words);
}
