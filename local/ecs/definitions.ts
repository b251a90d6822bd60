import { arn } from "../cloudformation/identity.ts";
import type { Resolver } from "../cloudformation/resolve.ts";
import type { Surroundings } from "../cloudformation/template.ts";
import type { Cluster, TaskDefinition } from "./model.ts";

interface ContainerProperties {
  readonly Name: string;
  readonly Environment?: readonly { readonly Name: string; readonly Value: unknown }[];
  readonly StopTimeout?: number;
}

/** ECS's own default, in seconds. */
const defaultStopTimeout = 30;

/** The template's first cluster; the emulator has one. */
export function clusterOf(resolver: Resolver, surroundings: Surroundings): Cluster {
  const name = resolver.resources("AWS::ECS::Cluster")[0]?.name ?? "default";
  return { name, arn: arn("AWS::ECS::Cluster", name, surroundings) };
}

/** The template's task definitions, all run by `command`. One container each, as every task here has. */
export function taskDefinitionsOf(
  resolver: Resolver,
  surroundings: Surroundings,
  command: TaskDefinition["command"],
): TaskDefinition[] {
  return resolver.resources("AWS::ECS::TaskDefinition").map(({ name, logicalId, properties }) => {
    const containers = properties.ContainerDefinitions as readonly ContainerProperties[] | undefined;
    const container = containers?.[0];
    if (!container) throw new Error(`${logicalId}: expected one ContainerDefinition, got none`);
    const variables = container.Environment?.map(({ Name, Value }) => [Name, Value]) ?? [];
    return {
      arn: arn("AWS::ECS::TaskDefinition", name, surroundings),
      family: name,
      containerName: container.Name,
      cpu: String(properties.Cpu ?? 256),
      memory: String(properties.Memory ?? 512),
      environment: resolver.environment(Object.fromEntries(variables)),
      stopTimeoutSeconds: container.StopTimeout ?? defaultStopTimeout,
      command,
    };
  });
}
