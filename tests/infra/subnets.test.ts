import { createRequire } from "node:module";
import { expect, test } from "vitest";

const require = createRequire(import.meta.url);
const subnets = require("../../infra/network/subnets.cjs") as (serverless: object) => Promise<{
  ids: { "Fn::Join": [string, { Ref: string }[]] };
  Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>;
}>;

const inRegion = (region: string, zones: number | string = 3) => {
  const values: Record<string, unknown> = {
    "self:provider.region": region,
    "param:zones": zones,
    "self:service": "sluice",
    "sls:stage": "dev",
  };
  return subnets({ resolveVariable: async (variable: string) => values[variable] });
};

const zonesOf = async (...args: Parameters<typeof inRegion>) => {
  const { Resources, ids } = await inRegion(...args);
  const zones = Object.values(Resources)
    .filter(({ Type }) => Type === "AWS::EC2::Subnet")
    .map(
      ({ Properties: { AvailabilityZone, AvailabilityZoneId } }) => AvailabilityZoneId ?? AvailabilityZone,
    );
  expect(ids["Fn::Join"][1]).toHaveLength(zones.length);
  return zones;
};

const zone = (index: number) => ({ "Fn::Select": [index, { "Fn::GetAZs": "" }] });

test("a region with Fargate in all zones: the first three, or the first two", async () => {
  expect(await zonesOf("eu-west-1")).toEqual([zone(0), zone(1), zone(2)]);
  expect(await zonesOf("eu-west-1", "2")).toEqual([zone(0), zone(1)]);
});

test("a region with Fargate in some: those, by id", async () => {
  expect(await zonesOf("us-west-1")).toEqual(["usw1-az1", "usw1-az3"]);
  expect(await zonesOf("ap-northeast-1")).toEqual(["apne1-az1", "apne1-az2", "apne1-az4"]);
  expect(await zonesOf("ap-northeast-1", 2)).toEqual(["apne1-az1", "apne1-az2"]);
});

test("the third subnet has a block of its own, without which the VPC has no room for it", async () => {
  const { Resources } = await inRegion("eu-west-1");
  expect(Resources.SubnetC).toMatchObject({ DependsOn: "SubnetCBlock" });
  expect(Resources.SubnetCBlock?.Properties.CidrBlock).toBe(Resources.SubnetC?.Properties.CidrBlock);
  const blocks = Object.values(Resources).filter(({ Type }) => Type === "AWS::EC2::Subnet");
  expect(new Set(blocks.map(({ Properties }) => Properties.CidrBlock)).size).toBe(3);
  const routes = Object.values(Resources).filter(
    ({ Type }) => Type === "AWS::EC2::SubnetRouteTableAssociation",
  );
  expect(routes).toHaveLength(3);
  expect((await inRegion("us-west-1")).Resources).not.toHaveProperty("SubnetCBlock");
});
