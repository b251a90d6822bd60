import { DescribeAvailabilityZonesCommand } from "@aws-sdk/client-ec2";
import zones from "../../infra/network/fargate-zones.json" with { type: "json" };
import { type Check, fatal, ok } from "./finding.ts";

const regions: Readonly<Record<string, readonly string[]>> = zones.zoneIds;

/** Zones by id of which a region has no Fargate, out of those that are asked about. */
export function withoutFargate(region: string, zoneIds: readonly string[]): string[] {
  const served = regions[region];
  return served ? zoneIds.filter((zoneId) => !served.includes(zoneId)) : [];
}

/** Where a network of the stage's own puts its subnets: infra/network/subnets.cjs chooses alike. */
export const fargateZones: Check = {
  what: "zones with Fargate",
  needs: "ec2:DescribeAvailabilityZones",
  async look({ clients, stage }) {
    // Of this account: the same letter is another zone in the next, and not every account sees every zone.
    const { AvailabilityZones = [] } = await clients.ec2.send(
      new DescribeAvailabilityZonesCommand({
        Filters: [{ Name: "zone-type", Values: ["availability-zone"] }],
      }),
    );
    const seen = AvailabilityZones.map(({ ZoneId = "" }) => ZoneId);
    const wanted = Number(stage.settings.zones);
    const named = regions[stage.region]?.slice(0, wanted);
    const missing = named?.filter((zoneId) => !seen.includes(zoneId)) ?? [];
    if (missing.length > 0) {
      return fatal(
        `this account does not see ${missing.join(", ")}, and Fargate is in few zones of ${stage.region}`,
        "network: existing in infra/stages.yml, with subnets in zones that have Fargate, or another region",
      );
    }
    if (named) return ok(`${named.join(", ")}: ${stage.region} has Fargate in some zones only`);
    if (seen.length < wanted) {
      return fatal(
        `${seen.length} zones of ${stage.region} are open to this account, and the network spans ${wanted}`,
        "zones: 2 in infra/stages.yml, or network: existing",
      );
    }
    return ok(`${wanted} of the ${seen.length} in ${stage.region}`);
  },
};
