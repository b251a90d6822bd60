import { availableParallelism } from "node:os";
import path from "node:path";
import type { Resolver } from "./cloudformation/resolve.ts";
import { accountId, type Template } from "./cloudformation/template.ts";
import type { Route } from "./http-api.ts";
import type { HttpFunction } from "./http-functions.ts";
import type { EventPattern } from "./lambda/event-bus.ts";
import type { FunctionSpec, Trigger } from "./lambda/service.ts";

type Variables = Record<string, unknown>;

interface FunctionEvent {
  readonly httpApi?: unknown;
  readonly sqs?: {
    readonly arn: unknown;
    readonly batchSize?: number;
    readonly maximumConcurrency?: number | string;
    readonly functionResponseType?: string;
  };
  readonly eventBridge?: { readonly pattern?: unknown };
  readonly schedule?: unknown;
}

export interface ServiceFunction {
  readonly name: string;
  readonly handler: string;
  skipEsbuild?: boolean;
  readonly timeout?: number;
  readonly memorySize?: number | string;
  environment?: Variables;
  events?: FunctionEvent[];
}

/** custom.local in serverless.yml: all optional. */
export interface LocalSettings {
  /** How many `work` (SQS) environments run at once. Default: one per core. */
  readonly workConcurrency?: number;
  /** Seconds between two runs of a scheduled function. Default 1. */
  readonly sweepSeconds?: number;
}

/** The part of Serverless's resolved configuration that is read and changed here. */
export interface Service {
  readonly service: string;
  readonly provider: {
    readonly region: string;
    readonly stage: string;
    readonly timeout?: number;
    readonly memorySize?: number | string;
    environment?: Variables;
  };
  readonly functions: Record<string, ServiceFunction>;
  readonly resources?: Template;
  custom?: Record<string, unknown> & { local?: LocalSettings };
}

/** Serverless's own defaults: seconds and MiB. */
const defaultTimeout = 6;
const defaultMemory = 1024;

/** `functions/work` of the handler `functions/work.handler`. */
export const moduleOf = ({ handler }: ServiceFunction): string => handler.slice(0, handler.lastIndexOf("."));

export const stackNameOf = ({ service, provider }: Service): string => `${service}-${provider.stage}`;

/** Replaces the intrinsic functions in all environment variables, which Serverless leaves to AWS. */
export function resolveEnvironment(
  service: Service,
  resolver: Resolver,
  local: Record<string, string>,
): void {
  const provider = service.provider.environment ?? {};
  service.provider.environment = { ...resolver.environment(provider), ...local };
  for (const definition of Object.values(service.functions)) {
    if (definition.environment) definition.environment = resolver.environment(definition.environment);
  }
}

/** Every route of the HTTP API. serverless-offline has put a key in place of each event: `GET /jobs/{jobId}`. */
export function routesOf({ functions }: Service): Route[] {
  return Object.values(functions).flatMap(({ events = [] }) =>
    events.flatMap(({ httpApi }) => {
      if (httpApi === undefined) return [];
      const { routeKey = "" } = httpApi as { readonly routeKey?: string };
      const [method, path] = routeKey.split(" ");
      if (method && path) return [{ method, path }];
      throw new Error(`expected the routeKey of an httpApi event, got ${JSON.stringify(httpApi)}`);
    }),
  );
}

const isHttp = ({ events = [] }: ServiceFunction): boolean =>
  events.some(({ httpApi }) => httpApi !== undefined);

/** What Lambda knows of a function, wherever it runs. */
function settingsOf(
  service: Service,
  key: string,
  definition: ServiceFunction,
  folder: string,
): HttpFunction {
  const { provider } = service;
  return {
    key,
    name: definition.name,
    bundle: path.join(folder, `${moduleOf(definition)}.cjs`),
    exported: definition.handler.slice(moduleOf(definition).length + 1),
    timeoutSeconds: definition.timeout ?? provider.timeout ?? defaultTimeout,
    memoryMiB: Number(definition.memorySize ?? provider.memorySize ?? defaultMemory),
    environment: { ...provider.environment, ...definition.environment } as Record<string, string>,
  };
}

/** The functions behind the HTTP API, their environment resolved. */
export function httpFunctions(service: Service, folder: string): HttpFunction[] {
  return Object.entries(service.functions)
    .filter(([, definition]) => isHttp(definition))
    .map(([key, definition]) => settingsOf(service, key, definition, folder));
}

/**
 * Takes the functions that are not behind the HTTP API out of serverless-offline's hands: their events
 * are removed from the configuration and come back as triggers of the local Lambda.
 */
export function takeFunctions(service: Service, resolver: Resolver, folder: string): FunctionSpec[] {
  const { provider, custom } = service;
  const settings = custom?.local ?? {};
  const cores = availableParallelism();
  return Object.entries(service.functions)
    .filter(([, definition]) => !isHttp(definition))
    .map(([key, definition]) => {
      const events = definition.events ?? [];
      definition.events = [];
      const polls = events.find(({ sqs }) => sqs)?.sqs;
      const most = Number(polls?.maximumConcurrency ?? Number.POSITIVE_INFINITY);
      const concurrency = polls ? Math.min(settings.workConcurrency ?? cores, most) : cores;
      return {
        ...settingsOf(service, key, definition, folder),
        arn: `arn:aws:lambda:${provider.region}:${accountId}:function:${definition.name}`,
        concurrency,
        warm: polls ? concurrency : 0,
        triggers: events.flatMap((event) => triggerOf(event, resolver, concurrency, settings)),
      };
    });
}

function triggerOf(
  { sqs, eventBridge, schedule }: FunctionEvent,
  resolver: Resolver,
  concurrency: number,
  { sweepSeconds = 1 }: LocalSettings,
): Trigger[] {
  if (sqs) {
    const queueArn = String(resolver.resolve(sqs.arn));
    const name = queueArn.split(":").at(-1);
    const queue = resolver.resources("AWS::SQS::Queue").find((known) => known.name === name);
    if (!queue) throw new Error(`expected a queue of this service as an SQS event source, got ${queueArn}`);
    const source = {
      queueArn,
      queueUrl: String(resolver.resolve({ Ref: queue.logicalId })),
      batchSize: sqs.batchSize ?? 10,
      concurrency,
      reportsBatchItemFailures: sqs.functionResponseType === "ReportBatchItemFailures",
    };
    return [{ kind: "sqs", source }];
  }
  if (eventBridge?.pattern) {
    return [{ kind: "event", pattern: resolver.resolve(eventBridge.pattern) as EventPattern }];
  }
  // The rate at AWS is for money's sake; here the local rate holds for every schedule.
  return schedule ? [{ kind: "schedule", seconds: sweepSeconds }] : [];
}
