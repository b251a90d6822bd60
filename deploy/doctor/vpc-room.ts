import { paginateDescribeVpcs } from "@aws-sdk/client-ec2";
import { type Check, fatal, ok } from "./finding.ts";
import { askForMore, quotaOf } from "./quota.ts";

const quota = { ServiceCode: "vpc", QuotaCode: "L-F678F1CE" };

/** A stage with a network of its own makes a VPC, and AWS gives five to a region. */
export const vpcRoom: Check = {
  what: "room for a VPC",
  needs: "ec2:DescribeVpcs and servicequotas:GetServiceQuota",
  async look({ clients, stage, resources }) {
    if (resources.some(({ LogicalResourceId }) => LogicalResourceId === "Vpc"))
      return ok("the stack is there and has its network");
    let used = 0;
    for await (const { Vpcs = [] } of paginateDescribeVpcs({ client: clients.ec2 }, {})) used += Vpcs.length;
    const most = await quotaOf(clients.quotas, quota);
    if (used < most) return ok(`${used} of ${most} VPCs are used`);
    return fatal(
      `all ${most} VPCs of ${stage.region} are used, and network: own makes one`,
      `network: existing in infra/stages.yml, or: ${askForMore(quota, most + 5, stage.region)}`,
    );
  },
};
