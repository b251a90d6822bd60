const { zoneIds } = require("./fargate-zones.json");

/**
 * A public subnet in each of some zones: where one has no machine for a task, or no Spot, another may. In a region of
 * which some zones have no Fargate the zones are named by id, because an account's `a` may be any of them.
 */
module.exports = async ({ resolveVariable }) => {
  const region = await resolveVariable("self:provider.region");
  const wanted = Number(await resolveVariable("param:zones"));
  const service = await resolveVariable("self:service");
  const stage = await resolveVariable("sls:stage");
  const known = zoneIds[region];
  const names = ["A", "B", "C"].slice(0, Math.min(wanted, known?.length ?? wanted));

  // A and B fill the VPC's first block. The third came later, and a block that grows would replace the other two.
  const third = { Type: "AWS::EC2::VPCCidrBlock", Properties: { VpcId: vpc, CidrBlock: "10.61.4.0/23" } };
  const subnet = (name, index) => ({
    Type: "AWS::EC2::Subnet",
    ...(name === "C" ? { DependsOn: "SubnetCBlock" } : {}),
    Properties: {
      VpcId: vpc,
      CidrBlock: `10.61.${2 * index}.0/23`,
      ...(known
        ? { AvailabilityZoneId: known[index] }
        : { AvailabilityZone: { "Fn::Select": [index, { "Fn::GetAZs": "" }] } }),
      Tags: [{ Key: "Name", Value: `${service}-${stage}-${name.toLowerCase()}` }],
    },
  });
  const routes = (name) => ({
    Type: "AWS::EC2::SubnetRouteTableAssociation",
    Properties: { SubnetId: { Ref: `Subnet${name}` }, RouteTableId: { Ref: "RouteTable" } },
  });

  const resources = names.flatMap((name, index) => [
    [`Subnet${name}`, subnet(name, index)],
    [`Subnet${name}Routes`, routes(name)],
  ]);
  return {
    ids: { "Fn::Join": [",", names.map((name) => ({ Ref: `Subnet${name}` }))] },
    Resources: Object.fromEntries([...resources, ...(names.includes("C") ? [["SubnetCBlock", third]] : [])]),
  };
};

const vpc = { Ref: "Vpc" };
