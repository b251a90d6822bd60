import { randomUUID } from "node:crypto";
import {
  DeregisterTaskDefinitionCommand,
  DescribeTaskDefinitionCommand,
  RegisterTaskDefinitionCommand,
  type RunTaskCommandInput,
} from "@aws-sdk/client-ecs";
import type { Clients } from "./clients.ts";
import { deleteStack } from "./deletion.ts";
import type { Gap } from "./front.ts";

/**
 * AWS looks at the syntax alone; moto runs all of cfn-lint and refuses a template for its first warning, of which
 * Serverless itself makes one per route: a DependsOn that a Ref implies.
 */
const validateTemplate: Gap = {
  service: "cloudformation",
  action: "ValidateTemplate",
  lacks: "takes a warning of cfn-lint for an invalid template",
  instead: "the template is taken as valid; cfn-lint has its own place, in npm run check",
  async fill() {
    return {
      status: 200,
      contentType: "text/xml",
      body: `<ValidateTemplateResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><ValidateTemplateResult><Parameters/></ValidateTemplateResult><ResponseMetadata><RequestId>front</RequestId></ResponseMetadata></ValidateTemplateResponse>`,
    };
  },
};

/**
 * moto knows launch types but no capacity providers, and adds up the memory of containers: a task definition
 * with memory for the whole task alone, as Fargate's may be, is a TypeError.
 */
function runTask({ ecs }: Clients): Gap {
  return {
    service: "ecs",
    action: "RunTask",
    lacks: "knows no capacity providers, and no task definition without memory for each container",
    instead:
      "launched with launchType FARGATE, from a copy of the task definition with its memory in the container",
    async fill({ body }, ask) {
      const { capacityProviderStrategy: _, ...input } = JSON.parse(body.toString()) as RunTaskCommandInput;
      const { taskDefinition: found } = await ecs.send(
        new DescribeTaskDefinitionCommand({ taskDefinition: input.taskDefinition }),
      );
      if (!found) throw new Error(`expected a task definition ${input.taskDefinition}, got none`);
      const memory = Number(found.memory);
      const { taskDefinition: copy } = await ecs.send(
        new RegisterTaskDefinitionCommand({
          family: found.family,
          memory: found.memory,
          volumes: found.volumes,
          containerDefinitions: found.containerDefinitions?.map((container) => ({ ...container, memory })),
        }),
      );
      const taskDefinition = copy?.taskDefinitionArn;
      const launch = { ...input, launchType: "FARGATE", taskDefinition };
      const answer = await ask(Buffer.from(JSON.stringify(launch)));
      await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition }));
      return answer;
    },
  };
}

/** AWS takes the size of an attribute that is not there as a condition that fails; moto stumbles over it. */
const sizeOfNothing: Gap = {
  service: "dynamodb",
  action: "UpdateItem",
  lacks: "breaks on a condition with size() of an attribute that is not there",
  instead: "the condition asks first whether it is there",
  applies: ({ body }) => sizes(body).length > 0,
  fill({ body }, ask) {
    const input = JSON.parse(body.toString());
    const first = sizes(body).map((path) => `attribute_exists(${path}) AND `);
    const ConditionExpression = `${first.join("")}(${input.ConditionExpression})`;
    return ask(Buffer.from(JSON.stringify({ ...input, ConditionExpression })));
  },
};

function sizes(body: Buffer): string[] {
  const { ConditionExpression = "" } = JSON.parse(body.toString()) as { ConditionExpression?: string };
  return [...ConditionExpression.matchAll(/\bsize\(([^)]+)\)/g)].map(([, path = ""]) => path);
}

/** moto gives every event to scheduled rules as well, and breaks at a rule whose target is a Lambda. */
const putEvents: Gap = {
  service: "events",
  action: "PutEvents",
  lacks: "breaks at a scheduled rule of a Lambda",
  instead: "the front takes the events: no rule of the stage listens to them",
  async fill({ body }) {
    const { Entries } = JSON.parse(body.toString()) as { Entries: unknown[] };
    return {
      status: 200,
      contentType: "application/x-amz-json-1.1",
      body: JSON.stringify({ FailedEntryCount: 0, Entries: Entries.map(() => ({ EventId: randomUUID() })) }),
    };
  },
};

/** What moto 5.2 does not do as AWS does; `clients` reach moto itself. */
export const gapsOf = (clients: Clients): Gap[] => [
  validateTemplate,
  runTask(clients),
  sizeOfNothing,
  putEvents,
  deleteStack(clients),
];
