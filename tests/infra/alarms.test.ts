import { readFile } from "node:fs/promises";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { metricNames } from "../../jobs/telemetry.ts";
import { type PrintedService, printService } from "../../local/printed-service.ts";

const slugs = ["dead-letters", "oldest-message", "error-rate", "overdue-jobs", "task-failures", "spend-rate"];

interface Resource {
  readonly Type: string;
  readonly Condition?: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

let dev: PrintedService;
let prod: PrintedService;
let runbook: string;
beforeAll(async () => {
  [dev, prod] = await Promise.all([
    printService("--stage", "dev"),
    printService("--stage", "prod", "--param", "alarmEmail=ops@example.com"),
  ]);
  runbook = await readFile(path.resolve(import.meta.dirname, "../../docs/operations.md"), "utf8");
}, 60_000);

const resources = (): [string, Resource][] =>
  Object.entries(prod.resources.Resources ?? {}) as [string, Resource][];
const alarms = () => resources().filter(([, { Type }]) => Type === "AWS::CloudWatch::Alarm");
/** As GitHub makes them of headings that are plain words: the second of a name is another. */
const anchors = () => {
  const seen = new Map<string, number>();
  return [...runbook.matchAll(/^(#{2,3}) (.+)$/gm)].flatMap(([, level, title = ""]) => {
    const name = title.toLowerCase().replaceAll(" ", "-");
    const before = seen.get(name) ?? 0;
    seen.set(name, before + 1);
    return level === "###" ? [before === 0 ? name : `${name}-${before}`] : [];
  });
};

/** Metrics of ours that a definition names, wherever in it. */
const ours = (definition: unknown): string[] =>
  [...JSON.stringify(definition).matchAll(/"MetricName":"(\w+)"/g)]
    .map(([, name = ""]) => name)
    .filter((name) => !name.startsWith("Approximate"));

describe("alarms", () => {
  test("are six, named after the stage and the runbook's sections, which are there", () => {
    expect(alarms().map(([, { Properties }]) => Properties.AlarmName)).toEqual(
      slugs.map((slug) => `sluice-prod-${slug}`),
    );
    const known = anchors();
    for (const [id, { Properties }] of alarms()) {
      const [, slug] = /docs\/operations\.md#([a-z-]+)$/.exec(String(Properties.AlarmDescription)) ?? [];
      expect(Properties.AlarmName, id).toBe(`sluice-prod-${slug}`);
      expect(known, `${id}: docs/operations.md has a section for it`).toContain(slug);
      const tell = [{ Ref: "AlarmTopic" }];
      expect(Properties, id).toMatchObject({ AlarmActions: tell, OKActions: tell });
    }
  });

  test("watch what the stage counts", () => {
    for (const [id, { Properties }] of alarms())
      for (const name of ours(Properties)) expect(metricNames, id).toContain(name);
  });

  test("are made where they are asked for, with everything of theirs: in prod, not in dev", () => {
    expect([dev, prod].map(({ resources: { Parameters } }) => Parameters?.Alarms?.Default)).toEqual([
      "off",
      "on",
    ]);
    expect(prod.resources.Parameters?.AlarmEmail?.Default).toBe("ops@example.com");
    const conditional = resources().filter(([, { Condition }]) => /^HasAlarm/.test(Condition ?? ""));
    expect(conditional.map(([, { Type }]) => Type).sort()).toEqual([
      ...Array.from({ length: 6 }, () => "AWS::CloudWatch::Alarm"),
      "AWS::CloudWatch::Dashboard",
      "AWS::KMS::Key",
      "AWS::SNS::Subscription",
      "AWS::SNS::Topic",
      "AWS::SNS::TopicPolicy",
    ]);
    expect(prod.provider.environment.ALARMS).toBe("on");
  });

  test("reach people: CloudWatch may publish to the topic, and use its key", () => {
    const fromHere = { StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } };
    const Principal = { Service: "cloudwatch.amazonaws.com" };
    const byId = Object.fromEntries(resources());
    expect(byId.AlarmTopic?.Properties.KmsMasterKeyId).toEqual({ Ref: "AlarmKey" });
    expect(byId.AlarmTopicPolicy?.Properties).toMatchObject({
      PolicyDocument: {
        Statement: [{ Principal, Action: "sns:Publish", Condition: fromHere }, { Sid: "TlsOnly" }],
      },
    });
    expect(byId.AlarmKey?.Properties).toMatchObject({
      KeyPolicy: {
        Statement: [
          { Sid: "Account" },
          { Principal, Action: ["kms:Decrypt", "kms:GenerateDataKey*"], Condition: fromHere },
        ],
      },
    });
  });
});

test("the dashboard is JSON, shows all that is counted, and refers to what there is", () => {
  const ids = new Set(resources().map(([id]) => id));
  const { DashboardBody } = Object.fromEntries(resources()).Dashboard?.Properties ?? {};
  const body = String((DashboardBody as { "Fn::Sub"?: string })["Fn::Sub"]);
  const { widgets } = JSON.parse(body) as { widgets: { type: string; properties: object }[] };
  for (const name of metricNames) expect(body, name).toContain(`"${name}"`);
  for (const slug of slugs) expect(body).toContain(`#${slug}`);
  const references = [...body.matchAll(/\$\{(\w+)[^}]*\}/g)].map(([, id = ""]) => id);
  // Functions are Serverless's own to make.
  for (const id of references)
    expect(ids.has(id) || id === "AWS" || /LambdaFunction$/.test(id), id).toBe(true);
  expect(widgets.map(({ type }) => type)).toEqual([
    "text",
    "alarm",
    ...Array.from({ length: 8 }, () => "metric"),
  ]);
});

test("every function is traced but sweep, whose passes would each be a trace", () => {
  const modes = Object.entries(dev.functions).map(([name, { tracing }]) => [
    name,
    tracing ?? dev.provider.tracing.lambda,
  ]);
  expect(modes.length).toBeGreaterThan(10);
  expect(modes.filter(([, mode]) => mode !== true)).toEqual([["sweep", "PassThrough"]]);
});
