import { DescribeSecurityGroupsCommand, DescribeSubnetsCommand } from "@aws-sdk/client-ec2";
import { nameOf, sayError } from "../failure.ts";
import { withoutFargate } from "./fargate-zones.ts";
import { type Check, fatal, ok, warning } from "./finding.ts";

const listOf = (text: string): string[] =>
  text
    .split(",")
    .map((id) => id.trim())
    .filter((id) => id !== "");

/** The subnets and security groups that a stage names with network: existing. */
export const existingNetwork: Check = {
  what: "existing network",
  needs: "ec2:DescribeSubnets and ec2:DescribeSecurityGroups",
  async look({ clients: { ec2 }, stage }) {
    const [SubnetIds, GroupIds] = [listOf(stage.settings.subnetIds), listOf(stage.settings.securityGroupIds)];
    const fix = "subnetIds and securityGroupIds in infra/stages.yml, comma-separated";
    if (SubnetIds.length === 0 || GroupIds.length === 0)
      return fatal("no subnets or no security groups are named", fix);
    const found = await Promise.all([
      ec2.send(new DescribeSubnetsCommand({ SubnetIds })),
      ec2.send(new DescribeSecurityGroupsCommand({ GroupIds })),
    ]).catch((error: unknown) => {
      if (!/\.(NotFound|Malformed)$/.test(nameOf(error))) throw error;
      return fatal(sayError(error), fix);
    });
    if ("status" in found) return found;
    const [{ Subnets = [] }, { SecurityGroups = [] }] = found;
    const vpcs = new Set([...Subnets, ...SecurityGroups].map(({ VpcId }) => VpcId));
    const zones = new Set(Subnets.map(({ AvailabilityZone }) => AvailabilityZone));
    if (vpcs.size !== 1)
      return fatal(`they are in ${vpcs.size} VPCs (${[...vpcs].join(", ")}): no task can start`, fix);
    const zoneIds = new Set(Subnets.flatMap(({ AvailabilityZoneId }) => AvailabilityZoneId ?? []));
    const empty = withoutFargate(stage.region, [...zoneIds]);
    if (empty.length > 0) {
      const found = `${empty.join(", ")} of ${stage.region} has no Fargate: a start there fails`;
      return zoneIds.size === empty.length ? fatal(found, fix) : warning(found, "take those subnets out");
    }
    if (zones.size < 2) {
      return warning(
        `all subnets are in ${[...zones][0]}: when it has no capacity, no task starts`,
        "add a subnet of another zone",
      );
    }
    return ok(`${[...vpcs][0]}, ${zones.size} zones`);
  },
};
