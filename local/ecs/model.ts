/** The parts of ECS's API model that the emulator speaks; field names are ECS's own. Times are epoch seconds. */
export interface KeyValue {
  readonly name: string;
  readonly value: string;
}

export interface ContainerOverride {
  readonly name?: string;
  readonly environment?: readonly KeyValue[];
  readonly cpu?: number;
  readonly memory?: number;
}

export interface TaskOverride {
  readonly cpu?: string;
  readonly memory?: string;
  readonly containerOverrides?: readonly ContainerOverride[];
}

export interface CapacityProviderStrategyItem {
  readonly capacityProvider: string;
  readonly weight?: number;
  readonly base?: number;
}

export interface RunTaskInput {
  readonly cluster?: string;
  readonly taskDefinition: string;
  readonly count?: number;
  readonly clientToken?: string;
  readonly startedBy?: string;
  readonly group?: string;
  readonly launchType?: string;
  readonly capacityProviderStrategy?: readonly CapacityProviderStrategyItem[];
  readonly networkConfiguration?: object;
  readonly overrides?: TaskOverride;
  readonly tags?: readonly { key: string; value?: string }[];
}

export interface Failure {
  readonly arn?: string;
  readonly reason: string;
  readonly detail?: string;
}

export interface Container {
  readonly containerArn: string;
  readonly taskArn: string;
  readonly name: string;
  lastStatus: string;
  exitCode?: number;
  reason?: string;
}

export type TaskStatus = "PROVISIONING" | "PENDING" | "RUNNING" | "STOPPED";

export type StopCode =
  | "TaskFailedToStart"
  | "EssentialContainerExited"
  | "UserInitiated"
  | "SpotInterruption"
  | "TerminationNotice"
  | "InfrastructureHealth";

export interface Task {
  readonly taskArn: string;
  readonly clusterArn: string;
  readonly taskDefinitionArn: string;
  readonly group: string;
  readonly startedBy?: string;
  readonly launchType: "FARGATE";
  readonly capacityProviderName?: string;
  readonly platformVersion: "1.4.0";
  readonly availabilityZone: string;
  readonly cpu: string;
  readonly memory: string;
  readonly overrides: TaskOverride;
  readonly tags: readonly { key: string; value?: string }[];
  readonly containers: readonly Container[];
  readonly createdAt: number;
  lastStatus: TaskStatus;
  desiredStatus: "RUNNING" | "STOPPED";
  version: number;
  startedAt?: number;
  stoppingAt?: number;
  executionStoppedAt?: number;
  stoppedAt?: number;
  stopCode?: StopCode;
  stoppedReason?: string;
}

/** A task definition, and what stands in for its image. */
export interface TaskDefinition {
  readonly arn: string;
  readonly family: string;
  readonly containerName: string;
  readonly cpu: string;
  readonly memory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly stopTimeoutSeconds: number;
  /** Arguments to Node; awaited at each start, so that a build can still be running. */
  command(): Promise<readonly string[]>;
}

export interface Cluster {
  readonly arn: string;
  readonly name: string;
}

/** An error of the ECS API. */
export class EcsError extends Error {
  override readonly name = "EcsError";
  readonly type: string;
  readonly status: number;
  readonly fields: object;

  constructor(type: string, message: string, fields: object = {}, status = 400) {
    super(message);
    this.type = type;
    this.status = status;
    this.fields = fields;
  }
}

export interface RunTaskOutput {
  readonly tasks: readonly Task[];
  readonly failures: readonly Failure[];
}
