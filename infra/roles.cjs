/**
 * The roles that infra/roles.yml lists, as CloudFormation. Inline policies: a role is complete when it exists, so
 * a function that depends on its role can already do what it must. No names: two stages cannot meet, and a
 * deployer needs no more than CAPABILITY_IAM.
 */
module.exports = async ({ resolveVariable }) => {
  const { functions, ecs } = await resolveVariable("file(infra/roles.yml)");
  const grants = await resolveVariable("file(infra/grants.yml)");
  const permissionsBoundary = await resolveVariable("self:custom.parameters.permissionsBoundary");

  const granted = (names) =>
    names.map((name) => {
      const grant = grants[name];
      if (!grant) throw new Error(`expected a name of infra/grants.yml, got ${name} in infra/roles.yml`);
      return { Sid: name, Effect: "Allow", ...grant };
    });

  const role = (service, statements, condition) => ({
    Type: "AWS::IAM::Role",
    Properties: {
      AssumeRolePolicyDocument: policy([
        { Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole", ...condition },
      ]),
      ...(permissionsBoundary ? { PermissionsBoundary: permissionsBoundary } : {}),
      Policies: [{ PolicyName: "grants", PolicyDocument: policy(statements) }],
    },
  });

  const ofFunctions = Object.entries(functions).map(([name, names]) => {
    const logicalName = `${name[0].toUpperCase()}${name.slice(1)}`;
    // Not CreateLogGroup: the group is in the stack, with its retention.
    const ownLog = {
      Sid: "WriteOwnLog",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: { "Fn::GetAtt": [`${logicalName}LogGroup`, "Arn"] },
    };
    const statements = [ownLog, ...granted([...names, "SendTraces"])];
    return [`${logicalName}Role`, role("lambda.amazonaws.com", statements)];
  });

  // ECS acts for whole accounts: without this, another account's task could be given our role.
  const sameAccount = { Condition: { StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } } };
  const ofEcs = Object.entries(ecs).map(([name, names]) => [
    name,
    role("ecs-tasks.amazonaws.com", granted(names), sameAccount),
  ]);

  return { Resources: Object.fromEntries([...ofFunctions, ...ofEcs]) };
};

function policy(statements) {
  return { Version: "2012-10-17", Statement: statements };
}
