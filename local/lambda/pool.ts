import type { Log } from "../log.ts";
import type { Segments } from "../xray/segments.ts";
import { Environment } from "./environment.ts";
import { failed, type Invocation, type LambdaFunction } from "./function.ts";
import { traced } from "./tracing.ts";

/** The execution environments of one function: kept warm, grown up to its concurrency, replaced when they die. */
export class EnvironmentPool {
  readonly #lambda: LambdaFunction;
  readonly #env: NodeJS.ProcessEnv;
  readonly #log: Log;
  readonly #segments: Segments;
  readonly #all = new Set<Environment>();
  readonly #idle: Environment[] = [];
  readonly #waiting: (() => void)[] = [];
  #stopped = false;

  constructor(lambda: LambdaFunction, env: NodeJS.ProcessEnv, log: Log, segments: Segments) {
    this.#lambda = lambda;
    this.#env = env;
    this.#log = log;
    this.#segments = segments;
  }

  get lambda(): LambdaFunction {
    return this.#lambda;
  }

  /** The processes running now, for tests that break them. */
  get pids(): number[] {
    return [...this.#all].flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
  }

  /** Starts environments ahead of the first invocation, which would otherwise wait for them. */
  async warm(count: number): Promise<void> {
    const started: Environment[] = [];
    while (this.#all.size < Math.min(count, this.#lambda.concurrency)) started.push(this.#start());
    await Promise.all(
      started.map(async (environment) => {
        await environment.warm();
        this.#giveBack(environment);
      }),
    );
  }

  /** Runs one invocation; waits for a free environment when all are busy. */
  async invoke(event: unknown): Promise<Invocation> {
    const environment = await this.#take();
    if (!environment) {
      return failed({ errorType: "Sandbox.Stopped", errorMessage: "the local cloud is stopping" });
    }
    try {
      return await traced(this.#lambda.name, event, this.#segments, (trace) =>
        environment.invoke(JSON.stringify(event), trace),
      );
    } finally {
      this.#giveBack(environment);
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const wake of this.#waiting.splice(0)) wake();
    await Promise.all([...this.#all].map((environment) => environment.stop()));
    this.#all.clear();
  }

  #start(): Environment {
    const environment = new Environment(this.#lambda, this.#env, this.#log);
    this.#all.add(environment);
    return environment;
  }

  async #take(): Promise<Environment | undefined> {
    while (!this.#stopped) {
      const idle = this.#idle.pop();
      if (idle?.alive && !idle.stale) return idle;
      if (idle) {
        idle.kill();
        this.#all.delete(idle);
      } else if (this.#all.size < this.#lambda.concurrency) {
        return this.#start();
      } else {
        await new Promise<void>((resolve) => this.#waiting.push(resolve));
      }
    }
    return undefined;
  }

  #giveBack(environment: Environment): void {
    if (environment.alive && !this.#stopped) this.#idle.push(environment);
    else this.#all.delete(environment);
    this.#waiting.shift()?.();
  }
}
