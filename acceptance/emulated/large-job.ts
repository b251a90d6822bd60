import assert from "node:assert/strict";
import { DeleteNetworkInterfaceCommand } from "@aws-sdk/client-ec2";
import {
  DescribeTasksCommand,
  type RunTaskCommandInput,
  StopTaskCommand,
  type Task,
} from "@aws-sdk/client-ecs";
import { containerOf, type EmulatedStage, item, queueUrl, request, resultBytes } from "./emulated-stage.ts";
import { deliverOne, messagesIn } from "./event-source.ts";
import { float64Npy } from "./npy.ts";
import { assertClose } from "./small-job.ts";
import { runContainer } from "./task.ts";
import { expectAnnounced, expectTrace } from "./told.ts";

/** 1.5 GB of operand, more than the work function has; made in place, so that no byte of it travels. */
const body = {
  operation: "sum",
  params: { axis: 0 },
  inputs: { a: { random: { shape: [14_000, 14_000], seed: 7 } } },
};
/** numpy: random.default_rng(7).random((14000, 14000)).sum(axis=0), the first two and the sum of all */
const numpysFirst = [7014.840171394525, 6992.657726909228];
const numpysTotal = 97_997_483.48319004;

/** From POST to the result, through a Fargate task. Answers what was seen, line by line. */
export async function runLargeJob(stage: EmulatedStage, queueArn: string): Promise<string[]> {
  const { clients, front, functions, stack } = stage;
  const accepted = await request(stage, "submit", { method: "POST", body });
  assert.equal(accepted.status, 202, JSON.stringify(accepted.body));
  const { jobId, route } = accepted.body;
  assert.equal(route.target, "fargate", JSON.stringify(route));

  const url = queueUrl(front, stack, "JobsQueue");
  await deliverOne(clients.sqs, { url, arn: queueArn }, functions);
  assert.equal(await messagesIn(clients.sqs, url), 0, "messages in the queue");

  const input = onlyRunTask(stage);
  const { trace } = (await item(stage, `job#${jobId}`)) ?? {};
  // One dispatch for the message, the next for RunTask: the job's counter is raised before each.
  const dispatch = "2";
  const launch = `${jobId}-${dispatch}`;
  const clusterArn = `arn:aws:ecs:eu-west-1:123456789012:cluster/${stack.physicalId("Cluster")}`;
  const expected = {
    cluster: clusterArn,
    taskDefinition: stack.physicalId("TaskDefinition"),
    clientToken: launch,
    startedBy: launch,
    capacityProviderStrategy: [{ capacityProvider: "FARGATE_SPOT", weight: 1 }],
    overrides: {
      cpu: String(route.vcpu * 1024),
      memory: String(route.memoryMiB),
      containerOverrides: [
        {
          name: "job",
          environment: [
            { name: "JOB_ID", value: jobId },
            { name: "DISPATCH", value: dispatch },
            { name: "_X_AMZN_TRACE_ID", value: trace },
          ],
        },
      ],
    },
  };
  assert.partialDeepStrictEqual(input, expected);
  const subnets = [stack.physicalId("SubnetA"), stack.physicalId("SubnetB")];
  assert.deepEqual(input.networkConfiguration?.awsvpcConfiguration, {
    subnets,
    securityGroups: [stack.physicalId("TaskSecurityGroup")],
    assignPublicIp: "ENABLED",
  });
  const slots = await item(stage, "slots#fargate");
  assert.deepEqual(Object.keys(slots?.held ?? {}), [launch], "slots held while the task runs");

  const taskArn = String((await item(stage, `job#${jobId}`))?.taskArn ?? "");
  const described = new DescribeTasksCommand({ cluster: clusterArn, tasks: [taskArn] });
  const [task] = (await clients.ecs.send(described)).tasks ?? [];
  if (!task) throw new Error(`expected task ${taskArn} at the emulator, got none`);
  assert.deepEqual(task.overrides, input.overrides, "overrides of the emulator's task");
  const container = await containerOf(clients, String(input.taskDefinition));
  const said = await runContainer({ task, container, endpoint: front.url, folder: stage.folder });

  await endTask(stage, clusterArn, task);
  await functions.invoke("settle", stoppedEvent(clusterArn, taskArn, launch));
  const swept = await functions.invoke("sweep", {});
  const view = (await request(stage, "get", { jobId })).body;
  assert.equal(view.status, "COMPLETED", `${JSON.stringify(view)}\n${said}`);
  assert.equal((await item(stage, `job#${jobId}`))?.status, "COMPLETED");
  assert.deepEqual((await item(stage, "slots#fargate"))?.held, {}, "slots held at the end");
  assert.equal(swept.failed, 0, JSON.stringify(swept));
  assert.equal(await messagesIn(clients.sqs, url), 0, "messages in the queue");
  const dead = queueUrl(front, stack, "JobsDeadLetterQueue");
  assert.equal(await messagesIn(clients.sqs, dead), 0, "messages in the dead-letter queue");

  assertNumpys(await resultBytes(stage, jobId), "result");
  const headers = { accept: "application/x-npy" };
  const redirect = await request(stage, "result", { jobId, headers });
  assert.equal(redirect.status, 303, JSON.stringify(redirect.body));
  const file = await fetch(String(redirect.headers.location));
  assert.equal(file.status, 200, "GET of the signed link");
  assertNumpys(await file.bytes(), "the result by its link");

  const [attempt] = view.attempts;
  return [
    `submit 202, job ${jobId}: ${route.reason}`,
    `queue → work → RunTask: cpu ${expected.overrides.cpu}, memory ${route.memoryMiB}, JOB_ID, DISPATCH, clientToken ${launch}; ${expected.taskDefinition}`,
    `its image ${container.image}`,
    `container/main ran with the task's environment: ${attempt.memoryMiB} MiB, engine ${attempt.engine}`,
    `settle took "Task State Change STOPPED", sweep ${JSON.stringify(swept)}`,
    `${view.status}: item in the table, result.npy in the bucket and behind GET /result's link are NumPy's numbers; no slot held, both queues empty`,
    expectAnnounced(stage, jobId),
    expectTrace(stage, trace, ["submit", "work", `${stack.name}-task`]),
  ];
}

/** As Fargate does when the container has exited: the network interface goes too, which moto would keep for ever. */
async function endTask({ clients }: EmulatedStage, cluster: string, task: Task): Promise<void> {
  await clients.ecs.send(
    new StopTaskCommand({ cluster, task: task.taskArn, reason: "its container exited" }),
  );
  for (const { details = [] } of task.attachments ?? []) {
    const NetworkInterfaceId = details.find(({ name }) => name === "networkInterfaceId")?.value;
    await clients.ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId }));
  }
}

/** What the handler asked of ECS, as it asked: the emulator keeps only a part. */
function onlyRunTask({ front }: EmulatedStage): RunTaskCommandInput {
  const calls = front.calls.filter(({ service, action }) => service === "ecs" && action === "RunTask");
  const [call] = calls;
  if (!call || calls.length > 1)
    throw new Error(`expected RunTask to be called once, got ${calls.length} calls`);
  return JSON.parse(call.body.toString());
}

function assertNumpys(bytes: Uint8Array, what: string): void {
  const { shape, data } = float64Npy(bytes);
  assert.deepEqual(shape, [14_000]);
  assertClose(data, numpysFirst, what);
  const total = data.reduce((sum, number) => sum + number, 0);
  assertClose(Float64Array.of(total), [numpysTotal], `the sum of ${what}`);
}

/** What ECS puts on the default bus; moto's does not. */
function stoppedEvent(clusterArn: string, taskArn: string, startedBy: string) {
  return {
    version: "0",
    id: "3317b2af-7005-947d-b652-f55e762e571a",
    source: "aws.ecs",
    "detail-type": "ECS Task State Change",
    account: "123456789012",
    time: new Date().toISOString(),
    region: "eu-west-1",
    resources: [taskArn],
    detail: {
      clusterArn,
      taskArn,
      startedBy,
      lastStatus: "STOPPED",
      desiredStatus: "STOPPED",
      stopCode: "EssentialContainerExited",
      stoppedReason: "Essential container in task exited",
      containers: [{ name: "job", lastStatus: "STOPPED", exitCode: 0 }],
    },
  };
}
