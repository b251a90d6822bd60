import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { createResolver, type Resolver } from "./cloudformation/resolve.ts";
import { bucketsOf, seedQueues, seedTables } from "./cloudformation/seed.ts";
import type { Surroundings, Template } from "./cloudformation/template.ts";
import { clusterOf, taskDefinitionsOf } from "./ecs/definitions.ts";
import { type Ecs, startEcs } from "./ecs/server.ts";
import { type Emulators, startEmulators } from "./emulators/start.ts";
import { startEventBridge } from "./eventbridge/server.ts";
import type { CloudFaults } from "./faults/faults.ts";
import { startProxy } from "./faults/proxy.ts";
import { startProxies } from "./faults/start.ts";
import { EventBus } from "./lambda/event-bus.ts";
import { type LambdaService, startLambda } from "./lambda/service.ts";
import type { Log } from "./log.ts";
import { temporaryFolder } from "./workspace.ts";
import { Segments } from "./xray/segments.ts";
import { startXRay } from "./xray/server.ts";

export interface LocalCloudOptions {
  readonly template: Template;
  readonly region: string;
  readonly stackName: string;
  readonly log: Log;
  readonly parameters?: Readonly<Record<string, string>>;
  /** Arguments with which Node runs a task, in place of the image; awaited at each start. */
  readonly taskCommand: () => Promise<readonly string[]>;
  /** Keep queues, objects and records here across restarts. */
  readonly data?: string | undefined;
  /** Ways to break SQS, S3 and DynamoDB while they run. Without it nothing stands before them. */
  readonly faults?: CloudFaults | undefined;
}

export interface LocalCloud {
  /** The SDK's variables: endpoints, region, credentials. */
  readonly environment: Readonly<Record<string, string>>;
  /** The emulators themselves, which no fault reaches. */
  readonly urls: Emulators["urls"];
  readonly resolver: Resolver;
  readonly ecs: Ecs;
  readonly lambda: LambdaService;
  readonly events: EventBus;
  /** What X-Ray was sent. */
  readonly segments: Segments;
  stop(): Promise<void>;
}

/** The only credentials that s3rver accepts; the other emulators do not look. */
const accessKey = "S3RVER";

/** Parameters whose defaults mean a stage that is not there locally: the local image is a local process. */
const localParameters = { Image: "local" };

/** Starts the whole cloud but the HTTP API, on free loopback ports, with the template's resources in it. */
export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  const { template, region, stackName, log, data } = options;
  const scratch = temporaryFolder();
  const parameters = { ...localParameters, ...options.parameters };
  const before: Surroundings = { region, stackName, parameters, sqsUrl: "" };
  const folder = data === undefined ? path.join(scratch, "data") : path.resolve(data);
  mkdirSync(folder, { recursive: true });

  const emulators = await startEmulators({
    region,
    buckets: bucketsOf(createResolver(template, before)),
    folder,
    keep: data !== undefined,
  });
  const proxies = options.faults && (await startProxies(emulators.urls, options.faults));
  const seen = proxies?.urls ?? emulators.urls;
  const surroundings: Surroundings = { ...before, sqsUrl: seen.sqs };
  const resolver = createResolver(template, surroundings);
  const credentials = { accessKeyId: accessKey, secretAccessKey: accessKey };
  const sqs = { region, credentials, endpoint: emulators.urls.sqs };
  await Promise.all([
    seedQueues(resolver, sqs),
    seedTables(resolver, { region, credentials, endpoint: emulators.urls.dynamodb }),
  ]);

  const events = new EventBus(log);
  const segments = new Segments();
  const [bus, xray] = await Promise.all([
    startEventBridge(region, (event) => events.put(event)),
    startXRay(segments),
  ]);
  const eventBridge = options.faults ? await startProxy("eventbridge", bus.url, options.faults) : bus;
  const environment: Record<string, string> = {
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: accessKey,
    AWS_SECRET_ACCESS_KEY: accessKey,
    // s3rver cannot read the trailing checksums that the SDK else adds to streamed uploads.
    AWS_REQUEST_CHECKSUM_CALCULATION: "when_required",
    AWS_ENDPOINT_URL_SQS: seen.sqs,
    AWS_ENDPOINT_URL_S3: seen.s3,
    AWS_ENDPOINT_URL_DYNAMODB: seen.dynamodb,
    AWS_ENDPOINT_URL_EVENTBRIDGE: eventBridge.url,
    AWS_ENDPOINT_URL_XRAY: xray.url,
  };
  const ecs = await startEcs({
    cluster: clusterOf(resolver, surroundings),
    definitions: taskDefinitionsOf(resolver, surroundings, options.taskCommand),
    environment: () => environment,
    onEvent: (event) => events.put(event),
    log,
  });
  const lambda = await startLambda({
    region,
    environment: () => environment,
    sqsUrl: emulators.urls.sqs,
    events,
    segments,
    log,
    faults: options.faults,
  });
  environment.AWS_ENDPOINT_URL_ECS = ecs.url;
  environment.AWS_ENDPOINT_URL_LAMBDA = lambda.url;

  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    await Promise.all([events.stop(), lambda.stop(), ecs.stop()]);
    await Promise.all([eventBridge.stop(), bus.stop(), xray.stop(), proxies?.stop()]);
    await emulators.stop();
    await log.close();
    rmSync(scratch, { recursive: true, force: true });
  };
  return {
    environment,
    urls: emulators.urls,
    resolver,
    ecs,
    lambda,
    events,
    segments,
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };
}
