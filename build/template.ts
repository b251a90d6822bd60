/** A compiled CloudFormation template, as far as the tests look into it. */
export interface Template {
  readonly Parameters: Record<string, { Default: string | number }>;
  readonly Conditions: Record<string, unknown>;
  readonly Resources: Record<string, Resource>;
}

export interface Resource {
  readonly Type: string;
  readonly Condition?: string;
  readonly DependsOn?: string | string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Properties: Record<string, unknown>;
}

export function resourcesOf(template: Template, type: string): Resource[] {
  return Object.values(template.Resources).filter((resource) => resource.Type === type);
}

export function resource(template: Template, id: string): Resource {
  const found = template.Resources[id];
  if (!found) throw new Error(`expected a resource ${id}, got ${Object.keys(template.Resources).join(", ")}`);
  return found;
}

/** Route key → authorization type, as the gateway will enforce it. */
export function routesOf(template: Template): Record<string, unknown> {
  return Object.fromEntries(
    resourcesOf(template, "AWS::ApiGatewayV2::Route").map(({ Properties }) => [
      String(Properties.RouteKey),
      Properties.AuthorizationType ?? "NONE",
    ]),
  );
}

const naming =
  /^((Function|Queue|Table|Bucket|Cluster|LogGroup|Role|Group|Budget|Alarm|Dashboard|Topic|Repository)Name|Family|Name)$/;

/** Every name the stack gives to something in the account; references to other resources are not names. */
export function physicalNames(template: Template): string[] {
  return Object.values(template.Resources).flatMap(({ Type, Properties }) =>
    Type === "AWS::Lambda::Permission" || Type === "AWS::ApiGatewayV2::Authorizer"
      ? []
      : // A budget has its name one level down.
        Object.entries({ ...Properties, ...(Properties.Budget as object | undefined) })
          .filter(([key, value]) => naming.test(key) && !isReference(value))
          .map(([key, value]) => `${Type} ${key} ${JSON.stringify(value)}`),
  );
}

function isReference(value: unknown): boolean {
  return typeof value === "object" && value !== null && ("Ref" in value || "Fn::GetAtt" in value);
}
