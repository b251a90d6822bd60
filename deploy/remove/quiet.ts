import type { StackResourceSummary } from "@aws-sdk/client-cloudformation";
import { paginateListTasks, StopTaskCommand, waitUntilTasksStopped } from "@aws-sdk/client-ecs";
import { PutFunctionConcurrencyCommand } from "@aws-sdk/client-lambda";
import type { Clients } from "../clients.ts";
import { nameOf } from "../failure.ts";

/** A stopped task has up to 120 s to end (StopTimeout), and ECS takes a while to say so. */
const patience = { maxWaitTime: 300, minDelay: 2, maxDelay: 10 };

/**
 * Ends what would write into the bucket while it is emptied, or hold the cluster: CloudFormation deletes neither a
 * bucket with objects nor a cluster with tasks. Functions go first, else sweep starts the tasks again.
 */
export async function quiet(clients: Clients, resources: StackResourceSummary[]): Promise<void> {
  for (const FunctionName of idsOf(resources, "AWS::Lambda::Function")) {
    await clients.lambda
      .send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 }))
      .catch(unlessGone("ResourceNotFoundException"));
  }
  for (const cluster of idsOf(resources, "AWS::ECS::Cluster")) await stopTasks(clients, cluster);
}

async function stopTasks({ ecs }: Clients, cluster: string): Promise<void> {
  const stopping: string[] = [];
  try {
    // 100 a page, and at most maxTasks of them.
    for await (const { taskArns = [] } of paginateListTasks({ client: ecs }, { cluster })) {
      for (const task of taskArns)
        await ecs.send(new StopTaskCommand({ cluster, task, reason: "the stage is removed" }));
      stopping.push(...taskArns);
    }
  } catch (error) {
    unlessGone("ClusterNotFoundException")(error);
  }
  // DescribeTasks takes 100 at a time.
  for (let from = 0; from < stopping.length; from += 100) {
    const tasks = stopping.slice(from, from + 100);
    await waitUntilTasksStopped({ client: ecs, ...patience }, { cluster, tasks });
  }
}

const idsOf = (resources: StackResourceSummary[], type: string): string[] =>
  resources.flatMap(({ ResourceType, PhysicalResourceId }) =>
    ResourceType === type && PhysicalResourceId ? [PhysicalResourceId] : [],
  );

/** A remove that stopped half way has left some resources out already. */
const unlessGone = (name: string) => (error: unknown) => {
  if (nameOf(error) !== name) throw error;
};
