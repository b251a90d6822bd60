import type { ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { baseEnvironment, spawnNode } from "../child-processes.ts";
import type { Log } from "../log.ts";
import { limitMemory, type MemoryLimit } from "../memory-limit.ts";
import {
  type EnvironmentMessage,
  failed,
  type Invocation,
  type InvokeMessage,
  type LambdaError,
  type LambdaFunction,
} from "./function.ts";

const bootstrap = fileURLToPath(new URL("./bootstrap.ts", import.meta.url));

/** Longer than this and Lambda gives up on loading the code. */
const initSeconds = 10;

/** One execution environment: a process that runs one invocation at a time. */
export class Environment {
  readonly #lambda: LambdaFunction;
  readonly #child: ChildProcess;
  readonly #memory: MemoryLimit | undefined;
  readonly #builtAt: number;
  readonly #log: Log;
  /** Why it is gone; pending while it lives. */
  readonly #gone: Promise<LambdaError>;
  readonly #ready: Promise<LambdaError | undefined>;
  #alive = true;
  #timedOut = false;

  constructor(lambda: LambdaFunction, env: NodeJS.ProcessEnv, log: Log) {
    this.#lambda = lambda;
    this.#log = log;
    this.#builtAt = modifiedAt(lambda.bundle);
    this.#child = spawnNode([bootstrap, lambda.bundle, lambda.exported, lambda.arn], {
      ...baseEnvironment(),
      TZ: ":UTC",
      ...env,
      ...lambda.environment,
      AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
      AWS_LAMBDA_FUNCTION_NAME: lambda.name,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(lambda.memoryMiB),
      AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
      AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
      AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${lambda.name}`,
      AWS_LAMBDA_LOG_STREAM_NAME: "local",
      _HANDLER: lambda.exported,
    });
    const { pid, stdout, stderr } = this.#child;
    if (stdout) log.follow(lambda.key, stdout);
    if (stderr) log.follow(lambda.key, stderr);
    this.#memory = pid === undefined ? undefined : limitMemory(pid, lambda.memoryMiB);
    this.#gone = this.#watch();
    this.#ready = this.#init();
  }

  get alive(): boolean {
    return this.#alive;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Whether its code has been built again since it started. */
  get stale(): boolean {
    return modifiedAt(this.#lambda.bundle) !== this.#builtAt;
  }

  /** Resolves once the code is loaded, or failed to load: invoke() then says so. */
  async warm(): Promise<void> {
    await this.#ready;
  }

  async invoke(payload: string, trace: string): Promise<Invocation> {
    const requestId = randomUUID();
    const initError = await this.#ready;
    if (initError) {
      this.kill();
      return failed(initError);
    }
    const { timeoutSeconds } = this.#lambda;
    const timer = setTimeout(() => {
      this.#timedOut = true;
      this.kill();
    }, timeoutSeconds * 1000);
    const deadlineMs = Date.now() + timeoutSeconds * 1000;
    const message: InvokeMessage = { requestId, payload, deadlineMs, trace };
    const answer = this.#answer(message);
    try {
      return await Promise.race([
        answer.invocation,
        this.#gone.then((error) =>
          failed({ ...error, errorMessage: `RequestId: ${requestId} Error: ${error.errorMessage}` }),
        ),
      ]);
    } finally {
      clearTimeout(timer);
      answer.forget();
    }
  }

  kill(): void {
    this.#alive = false;
    this.#child.kill("SIGKILL");
  }

  async stop(): Promise<void> {
    this.kill();
    await this.#gone;
  }

  /** Sends the message. `forget` ends the listening: an AbortSignal would make an error with a stack for each invocation. */
  #answer(message: InvokeMessage): { readonly invocation: Promise<Invocation>; forget(): void } {
    const { promise: invocation, resolve } = Promise.withResolvers<Invocation>();
    const listen = (answer: EnvironmentMessage): void => {
      if (answer.kind === "done" && answer.requestId === message.requestId) resolve(answer.invocation);
    };
    this.#child.on("message", listen);
    // A send to a process that just died fails; `#gone` then has the answer.
    this.#child.send(message, () => {});
    return { invocation, forget: () => void this.#child.off("message", listen) };
  }

  async #init(): Promise<LambdaError | undefined> {
    const timer = setTimeout(() => this.kill(), initSeconds * 1000);
    try {
      const first = await Promise.race([
        once(this.#child, "message").then(([message]) => message as EnvironmentMessage),
        this.#gone,
      ]);
      if ("errorType" in first) return first;
      return first.kind === "init-failed" ? first.error : undefined;
    } finally {
      clearTimeout(timer);
    }
  }

  async #watch(): Promise<LambdaError> {
    const [code, signal] = await new Promise<[number | null, string | null]>((resolve) => {
      this.#child.once("exit", (...exit) => resolve(exit));
      this.#child.once("error", () => resolve([null, "not started"]));
    });
    this.#alive = false;
    const outOfMemory = this.#memory?.release() ?? false;
    const { key, memoryMiB, timeoutSeconds } = this.#lambda;
    if (outOfMemory) {
      this.#log.say(key, `killed: it used more than its ${memoryMiB} MiB`);
      return {
        errorType: "Runtime.OutOfMemory",
        errorMessage: "Runtime exited with error: signal: killed",
      };
    }
    if (this.#timedOut) {
      this.#log.say(key, `killed: it ran longer than its ${timeoutSeconds} s`);
      return {
        errorType: "Sandbox.Timedout",
        errorMessage: `Task timed out after ${timeoutSeconds.toFixed(2)} seconds`,
      };
    }
    const how = signal ? "signal: killed" : `exit status ${code}`;
    return { errorType: "Runtime.ExitError", errorMessage: `Runtime exited with error: ${how}` };
  }
}

function modifiedAt(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
