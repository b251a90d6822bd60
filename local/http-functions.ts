import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { pathToFileURL } from "node:url";

/** A function behind the HTTP API, as it stands in the process of the API. */
export interface HttpFunction {
  readonly key: string;
  readonly name: string;
  readonly bundle: string;
  readonly exported: string;
  readonly timeoutSeconds: number;
  readonly memoryMiB: number;
  readonly environment: Readonly<Record<string, string>>;
}

type Handler = (event: unknown, context: object) => Promise<unknown>;

const require = createRequire(import.meta.url);

/**
 * The functions of the HTTP API, run in this process by ourselves: serverless-offline's own way looks for the handler's
 * file at each request, copies its environment into the process's, and leaves a timer behind for the function's
 * whole time-out.
 */
export class HttpFunctions {
  readonly #functions: ReadonlyMap<string, HttpFunction>;
  readonly #handlers = new Map<string, Handler>();
  /** Whose variables the process has now. */
  #present: string | undefined;

  readonly #gatewayMs: (() => number) | undefined;

  /** @param gatewayMs how long the gateway takes for a request; without it no time */
  constructor(functions: readonly HttpFunction[], gatewayMs?: () => number) {
    this.#gatewayMs = gatewayMs;
    this.#functions = new Map(functions.map((one) => [one.key, one]));
  }

  /** Puts itself in the place of serverless-offline's functions. */
  async replace(): Promise<void> {
    const { default: offline } = await import("serverless-offline/lambda");
    const invoke = (key: string, event: unknown) => this.invoke(key, event);
    offline.prototype.get = (key) => {
      let event: unknown;
      return {
        setEvent(given) {
          event = given;
        },
        runHandler: () => invoke(key, event),
      };
    };
  }

  /**
   * Takes the bundles as they are now. One that does not load keeps the code it had.
   *
   * @returns what was thrown by those that would not load
   */
  reload(): Error[] {
    const failures: Error[] = [];
    const bundles = new Set([...this.#functions.values()].map(({ bundle }) => bundle));
    for (const bundle of bundles) {
      const before = require.cache[bundle];
      if (!before) continue;
      delete require.cache[bundle];
      try {
        require(bundle);
      } catch (error) {
        require.cache[bundle] = before;
        failures.push(error as Error);
      }
    }
    this.#handlers.clear();
    return failures;
  }

  /** @throws what the function throws, and when it takes longer than its time-out */
  async invoke(key: string, event: unknown): Promise<unknown> {
    const { name, memoryMiB, timeoutSeconds } = this.#of(key);
    if (this.#gatewayMs) await delay(this.#gatewayMs());
    this.#enter(key);
    const handler = this.#handlers.get(key) ?? this.#load(key);
    this.#handlers.set(key, handler);
    const killedAt = Date.now() + timeoutSeconds * 1000;
    const context = {
      functionName: name,
      functionVersion: "$LATEST",
      invokedFunctionArn: `arn:aws:lambda:${process.env.AWS_REGION}:000000000000:function:${name}`,
      memoryLimitInMB: String(memoryMiB),
      awsRequestId: randomUUID(),
      callbackWaitsForEmptyEventLoop: true,
      getRemainingTimeInMillis: () => Math.max(0, killedAt - Date.now()),
    };
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => reject(new Error(`${key} ran longer than its ${timeoutSeconds} s`)),
      timeoutSeconds * 1000,
    );
    try {
      return await Promise.race([handler(event, context), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #of(key: string): HttpFunction {
    const found = this.#functions.get(key);
    if (!found) throw new Error(`expected one of ${[...this.#functions.keys()].join(", ")}, got "${key}"`);
    return found;
  }

  /** Gives the process the variables of a function. They are read when it loads, and at its first request. */
  #enter(key: string): void {
    if (this.#present === key) return;
    const { name, memoryMiB, environment } = this.#of(key);
    Object.assign(process.env, environment, {
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMiB),
    });
    this.#present = key;
  }

  #load(key: string): Handler {
    const { bundle, exported } = this.#of(key);
    const handler: unknown = require(bundle)[exported];
    if (typeof handler !== "function")
      throw new Error(
        `expected ${path.basename(bundle)} to export the function "${exported}", got ${typeof handler}`,
      );
    return handler as Handler;
  }
}

/** The table of routes that serverless-offline prints names each route twice, and none by what it is for. */
export async function printNoRoutes(): Promise<void> {
  const lambda = new URL(import.meta.resolve("serverless-offline/lambda"));
  const file = new URL("../events/http/HttpServer.js", pathToFileURL(lambda.pathname));
  const { default: server } = (await import(file.href)) as {
    default: { readonly prototype: { writeRoutesTerminal(): void } };
  };
  server.prototype.writeRoutesTerminal = () => {};
}
