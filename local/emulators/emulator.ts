/** One emulated AWS service, listening on a free loopback port. */
export interface Emulator {
  readonly url: string;
  stop(): Promise<void>;
}

export type ServiceName = "sqs" | "s3" | "dynamodb";

export interface Bucket {
  readonly name: string;
  /** An S3 CORSConfiguration document. */
  readonly corsXml?: string;
}

/** What the emulator thread needs to start. */
export interface EmulatorOptions {
  readonly region: string;
  readonly buckets: readonly Bucket[];
  /** The folder for objects, and with `keep` for queues and tables too. */
  readonly folder: string;
  /** Whether queues and tables survive a restart; without it they live in memory. */
  readonly keep: boolean;
}
