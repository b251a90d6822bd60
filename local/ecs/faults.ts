import type { Failure, StopCode, Task } from "./model.ts";

/** What may go wrong with one request. */
export type RequestFault =
  /** Answered 200 with nothing started: how Fargate says that it has no capacity. */
  | { readonly failures: readonly Failure[] }
  /** Answered with this error, and what else is in it; nothing is done. */
  | {
      readonly error: {
        readonly type: string;
        readonly message: string;
        readonly status?: number;
        readonly fields?: object;
      };
    }
  /** Done, but the connection breaks before the answer. */
  | { readonly dropReply: true };

/** Ways to break the emulator, for tests. Every member may be changed while it runs. */
export interface EcsFaults {
  /** Asked before each request is served. */
  request?: ((action: string, input: object) => RequestFault | undefined) | undefined;
  /** Asked before the process of a task is started: why the task stops instead, as ECS says it. */
  start?: ((task: Task) => { readonly code: StopCode; readonly reason: string } | undefined) | undefined;
  /** The delays in ms at which an event is delivered: `[]` loses it, `[0, 0]` sends it twice. */
  event?: ((event: object) => readonly number[]) | undefined;
}
