import {
  DescribeStacksCommand,
  GetTemplateCommand,
  ListStackResourcesCommand,
} from "@aws-sdk/client-cloudformation";
import { createResolver } from "../../local/cloudformation/resolve.ts";
import type { Clients } from "./clients.ts";
import { region } from "./settings.ts";

export interface StackTemplate {
  readonly Parameters?: Record<string, { Default?: string }>;
  readonly Resources: Record<
    string,
    { Type: string; Condition?: string; Properties?: Record<string, unknown> }
  >;
}

/** A stack as the emulator has it: what its template asks for, and what was made of it. */
export interface DeployedStack {
  readonly name: string;
  /** Without the resources whose condition does not hold. */
  readonly template: StackTemplate;
  /** Logical id → physical id ("" where the emulator makes the resource but names it not). */
  readonly created: ReadonlyMap<string, string>;
  physicalId(logicalId: string): string;
}

export async function readStack({ cloudFormation }: Clients, name: string): Promise<DeployedStack> {
  const { TemplateBody = "{}" } = await cloudFormation.send(new GetTemplateCommand({ StackName: name }));
  const created = new Map<string, string>();
  let NextToken: string | undefined;
  do {
    const page = await cloudFormation.send(new ListStackResourcesCommand({ StackName: name, NextToken }));
    for (const { LogicalResourceId, PhysicalResourceId = "" } of page.StackResourceSummaries ?? []) {
      if (LogicalResourceId) created.set(LogicalResourceId, PhysicalResourceId);
    }
    NextToken = page.NextToken;
  } while (NextToken);
  const whole = JSON.parse(TemplateBody) as StackTemplate;
  const resolver = createResolver(whole, { region, stackName: name, sqsUrl: "" });
  const Resources = Object.fromEntries(
    Object.entries(whole.Resources).filter(
      ([, { Condition }]) =>
        Condition === undefined || resolver.resolve({ "Fn::If": [Condition, true, false] }),
    ),
  );
  return {
    name,
    template: { ...whole, Resources },
    created,
    physicalId(logicalId) {
      const id = created.get(logicalId);
      if (!id) throw new Error(`expected ${name} to have a resource ${logicalId}, got none`);
      return id;
    },
  };
}

/** All stacks that are there, deleted ones not. */
export async function stackNames({ cloudFormation }: Clients): Promise<string[]> {
  const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({}));
  return Stacks.map(({ StackName = "" }) => StackName);
}
