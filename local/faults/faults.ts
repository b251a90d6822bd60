import type { ServiceName } from "../emulators/emulator.ts";

/** A service that a proxy can stand before. */
export type ProxiedService = ServiceName | "eventbridge";

/** A request to a service, as far as its head tells. */
export interface ServiceRequest {
  readonly service: ProxiedService;
  /** The operation (`UpdateItem`, `SendMessage`); for S3 the HTTP method. */
  readonly action: string;
  /** The URL's path: for S3 the bucket and key. */
  readonly path: string;
  /** Which try of the SDK's own retries this is, from 1. */
  readonly attempt: number;
}

/** What may go wrong with one request. */
export type HttpFault =
  /** Answered with this error, as the service would word it; nothing is done. */
  | { readonly error: { readonly status: number; readonly type: string; readonly message: string } }
  /** Done, then `applied` is called, but the connection breaks before the answer. */
  | { readonly dropReply: true; readonly applied?: () => void }
  /** Done and answered, this much later. */
  | { readonly delayMs: number };

/** Ways to break SQS, S3 and DynamoDB, for tests. Every member may be changed while the cloud runs. */
export interface CloudFaults {
  /** Asked before each request is served. */
  request?: ((request: ServiceRequest) => HttpFault | undefined) | undefined;
  /** How many invocations get a received message at the same time: SQS promises at least one. */
  deliveries?: ((message: ReceivedMessage) => number) | undefined;
  /** Milliseconds between a message's receipt and its invocation. */
  deliveryMs?: (() => number) | undefined;
}

export interface ReceivedMessage {
  readonly queueUrl: string;
  readonly body: string;
  /** How often SQS has handed it out, this time included. */
  readonly receiveCount: number;
}
