/** What a stage may decide for itself. Read once from the environment by aws/config.ts. */
export interface Settings {
  /** Memory of the `work` function: what the Lambda lane offers. */
  readonly workMemoryMiB: number;
  /** Whether submit computes small jobs itself when their caller waits: docs/adr/0033-express.md. */
  readonly express: boolean;
  /** Whether small inputs and results go into the record: docs/adr/0044-small-arrays-in-the-record.md. */
  readonly recordArrays: boolean;
  /** Memory of the `submit` function. */
  readonly submitMemoryMiB: number;
  /** False when the stage was deployed without an image: everything runs on Lambda. */
  readonly fargate: boolean;
  readonly spot: boolean;
  readonly maxTaskVcpu: number;
  /** How many tasks the stage runs at once, and how many vCPUs they may have together. */
  readonly maxTasks: number;
  readonly maxRunningVcpu: number;
  /** Ceiling of `maxSeconds`, and its default. */
  readonly maxSeconds: number;
  /** How long records, inputs and results live after submit. */
  readonly retentionDays: number;
}
