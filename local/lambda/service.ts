import type { AddressInfo } from "node:net";
import type { CloudFaults } from "../faults/faults.ts";
import type { Log } from "../log.ts";
import type { Segments } from "../xray/segments.ts";
import type { EventBus, EventPattern } from "./event-bus.ts";
import type { Invocation, LambdaFunction } from "./function.ts";
import { createInvokeApi } from "./invoke-api.ts";
import { EnvironmentPool } from "./pool.ts";
import { QueueClient } from "./queue-client.ts";
import { startSchedule } from "./schedule.ts";
import { type SqsSource, startSqsPoller } from "./sqs-source.ts";

/** What makes a function run. */
export type Trigger =
  | { readonly kind: "sqs"; readonly source: SqsSource }
  | { readonly kind: "event"; readonly pattern: EventPattern }
  | { readonly kind: "schedule"; readonly seconds: number };

export interface FunctionSpec extends LambdaFunction {
  readonly triggers: readonly Trigger[];
  /** Environments started at once. */
  readonly warm: number;
}

export interface LambdaOptions {
  readonly region: string;
  /** What every environment inherits: endpoints, credentials, region. Asked when a function is added. */
  readonly environment: () => Readonly<Record<string, string>>;
  /** Where its pollers find SQS: behind no proxy, as nothing of theirs is delayed or fails. */
  readonly sqsUrl: string;
  readonly events: EventBus;
  readonly segments: Segments;
  readonly log: Log;
  readonly faults?: CloudFaults | undefined;
}

export interface LambdaService {
  readonly url: string;
  /** Starts a function's environments, then its triggers; resolves when it can run. */
  add(spec: FunctionSpec): Promise<void>;
  /** Invokes by the function's key or name. */
  invoke(name: string, event: unknown): Promise<Invocation>;
  /** The processes of a function's environments, for tests that kill them. */
  pids(name: string): number[];
  stop(): Promise<void>;
}

/** Lambda: functions in environments of their own, with the triggers that serverless-offline does not have. */
export async function startLambda(options: LambdaOptions): Promise<LambdaService> {
  const { events, log, region } = options;
  const pools = new Map<string, EnvironmentPool>();
  const queue = new QueueClient(options.sqsUrl);
  const triggers: { stop(): Promise<void> }[] = [];

  const poolOf = (name: string): EnvironmentPool => {
    const pool = pools.get(name);
    if (!pool)
      throw new Error(`expected one of the functions ${[...pools.keys()].join(", ")}, got "${name}"`);
    return pool;
  };

  const start = (trigger: Trigger, pool: EnvironmentPool): void => {
    const invoke = (event: unknown): Promise<Invocation> => pool.invoke(event);
    if (trigger.kind === "sqs")
      triggers.push(startSqsPoller(trigger.source, queue, invoke, log, options.faults));
    if (trigger.kind === "event")
      events.addRule({ pattern: trigger.pattern, target: pool.lambda.key, invoke });
    if (trigger.kind === "schedule") {
      const reporting = async (event: unknown): Promise<Invocation> => {
        const invocation = await invoke(event);
        if (invocation.functionError) log.say(pool.lambda.key, `failed: ${invocation.payload}`);
        return invocation;
      };
      triggers.push(startSchedule(trigger.seconds, region, reporting));
    }
  };

  const api = createInvokeApi(pools);
  await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));

  return {
    url: `http://127.0.0.1:${(api.address() as AddressInfo).port}`,
    async add(spec) {
      const pool = new EnvironmentPool(spec, options.environment(), log, options.segments);
      pools.set(spec.key, pool);
      pools.set(spec.name, pool);
      await pool.warm(spec.warm);
      for (const trigger of spec.triggers) start(trigger, pool);
    },
    async invoke(name, event) {
      return poolOf(name).invoke(event);
    },
    pids: (name) => poolOf(name).pids,
    async stop() {
      // The environments die first: a trigger ends when what it waits for has ended.
      const stopped = triggers.map((trigger) => trigger.stop());
      await Promise.all([...new Set(pools.values())].map((pool) => pool.stop()));
      await Promise.all(stopped);
      queue.close();
      api.closeAllConnections();
      await new Promise((resolve) => api.close(resolve));
    },
  };
}
