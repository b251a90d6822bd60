import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Clients } from "../../deploy/clients.ts";
import { existingNetwork } from "../../deploy/doctor/existing-network.ts";
import { fargateZones, withoutFargate } from "../../deploy/doctor/fargate-zones.ts";
import type { Settings } from "../../deploy/stage.ts";
import { type AwsServer, startAwsServer } from "../support/deploy/aws-server.ts";
import { stageNamed } from "../support/deploy/stage.ts";

let aws: AwsServer;
beforeEach(async () => {
  aws = await startAwsServer();
});
afterEach(() => aws.stop());

const items = (list: string[]) => list.map((item) => `<item>${item}</item>`).join("");
const seen = (...ids: string[]) => {
  const zones = items(ids.map((id) => `<zoneId>${id}</zoneId>`));
  aws.answers["ec2.DescribeAvailabilityZones"] = `<availabilityZoneInfo>${zones}</availabilityZoneInfo>`;
};
const look = (check: typeof fargateZones, region: string, settings: Partial<Settings>) => {
  const stage = { ...stageNamed("dev", settings), region };
  return check.look({
    clients: aws.clients as Clients,
    stage,
    image: "auto",
    stack: undefined,
    resources: [],
  });
};

describe("the zones of an own network", () => {
  const find = (region: string, zones: number | string = 3) => look(fargateZones, region, { zones });

  test("are as many as its subnets, or more", async () => {
    seen("euw1-az1", "euw1-az2", "euw1-az3");
    expect(await find("eu-west-1")).toEqual({ status: "ok", found: "3 of the 3 in eu-west-1" });
  });

  test("are fewer", async () => {
    seen("sae1-az1", "sae1-az3");
    expect(await find("sa-east-1")).toMatchObject({
      status: "fatal",
      fix: expect.stringMatching(/^zones: 2/),
    });
    expect(await find("sa-east-1", "2")).toMatchObject({ status: "ok" });
  });

  test("are named where a region has Fargate in some only", async () => {
    seen("usw1-az1", "usw1-az3");
    expect(await find("us-west-1")).toMatchObject({
      status: "ok",
      found: expect.stringMatching(/^usw1-az1, usw1-az3:/),
    });
    seen("usw1-az1", "usw1-az2");
    expect(await find("us-west-1")).toMatchObject({
      status: "fatal",
      found: expect.stringMatching(/does not see usw1-az3,/),
      fix: expect.stringMatching(/network: existing/),
    });
  });
});

test.each([
  [["apne1-az1", "apne1-az3"], "warning"],
  [["apne1-az3", "apne1-az3"], "fatal"],
  [["apne1-az1", "apne1-az4"], "ok"],
])("an existing network in the zones %j of Tokyo: %s", async (ids, status) => {
  const subnets = ids.map(
    (id, index) =>
      `<vpcId>vpc-1</vpcId><availabilityZone>${index}</availabilityZone><availabilityZoneId>${id}</availabilityZoneId>`,
  );
  aws.answers["ec2.DescribeSubnets"] = `<subnetSet>${items(subnets)}</subnetSet>`;
  aws.answers["ec2.DescribeSecurityGroups"] =
    `<securityGroupInfo>${items(["<vpcId>vpc-1</vpcId>"])}</securityGroupInfo>`;
  const named = { network: "existing", subnetIds: "subnet-a, subnet-b", securityGroupIds: "sg-a" };
  const finding = await look(existingNetwork, "ap-northeast-1", named);
  expect(finding).toMatchObject({ status });
  if (status !== "ok") expect(finding.found).toMatch(/^apne1-az3 of ap-northeast-1 has no Fargate/);
});

test("a region that is not listed has Fargate in all its zones", () => {
  expect(withoutFargate("us-east-1", ["use1-az3"])).toEqual([]);
  expect(withoutFargate("us-west-1", ["usw1-az1", "usw1-az2"])).toEqual(["usw1-az2"]);
});
