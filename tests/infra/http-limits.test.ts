import { afterAll, beforeAll, expect, test } from "vitest";
import { packageStage, removePackagedStages } from "../../build/package-stage.ts";
import { resource, resourcesOf, type Template } from "../../build/template.ts";

/** What bounds the HTTP API of a stage, and what it logs of each request. */
let template: Template;
beforeAll(async () => {
  ({ template } = await packageStage("--stage", "prod"));
}, 240_000);
afterAll(removePackagedStages);

// API Gateway puts values into the format as they are: a quote in one would end its JSON, or forge a field.
test("the access log holds no text that others choose", () => {
  const { Format } = resource(template, "HttpApiStage").Properties.AccessLogSettings as { Format: string };
  // Numbers, ids and enumerations of AWS's, and our own routes.
  const harmless = [
    ...["requestId", "requestTime", "identity.sourceIp", "identity.caller", "routeKey", "status"],
    ...["responseLength", "responseLatency", "error.responseType", "integrationStatus"],
  ];
  const variables = [...Format.matchAll(/\$context\.([\w.]+)/g)].map(([, name = ""]) => name);
  expect(variables.length).toBeGreaterThan(0);
  expect(variables.filter((name) => !harmless.includes(name))).toEqual([]);
  expect(Object.keys(JSON.parse(Format))).toHaveLength(variables.length);
});

test("the open route has a throttle of its own, set once the route is there", () => {
  const { Properties, DependsOn } = resource(template, "HttpApiStage");
  expect(Properties.RouteSettings).toMatchObject({
    "GET /health": { ThrottlingRateLimit: 10, ThrottlingBurstLimit: 20 },
  });
  expect(DependsOn).toContain("HttpApiRouteGetHealth");
  expect(resource(template, "HttpApiRouteGetHealth").Properties.RouteKey).toBe("GET /health");
});

test("each function behind the API has its own limit of Lambdas, and no other function has one", () => {
  expect(template.Parameters.HttpConcurrency?.Default).toBe(20);
  expect(template.Conditions.HasHttpConcurrency).toEqual({
    "Fn::Not": [{ "Fn::Equals": [{ Ref: "HttpConcurrency" }, 0] }],
  });
  const behind = resourcesOf(template, "AWS::ApiGatewayV2::Integration").map(
    ({ Properties }) => /"(\w+LambdaFunction)"/.exec(JSON.stringify(Properties.IntegrationUri))?.[1],
  );
  expect(behind).toHaveLength(16);
  const unlessOff = (limit: unknown) => ({
    "Fn::If": ["HasHttpConcurrency", limit, { Ref: "AWS::NoValue" }],
  });
  for (const [id, { Type, Properties }] of Object.entries(template.Resources)) {
    if (Type !== "AWS::Lambda::Function") continue;
    const waits = /^(Submit|Get|Batch|Batches)Lambda/.test(id);
    const limit = behind.includes(id) ? unlessOff(waits ? 120 : { Ref: "HttpConcurrency" }) : undefined;
    expect([id, Properties.ReservedConcurrentExecutions]).toEqual([id, limit]);
  }
});
