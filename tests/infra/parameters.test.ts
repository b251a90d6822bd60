import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");
const require = createRequire(import.meta.url);
const parameters = require("../../infra/parameters.cjs") as (serverless: object) => Promise<object>;
const { rules } = require("../../infra/parameter-rules.cjs") as { rules: Record<string, unknown> };

/** A stage that can be deployed. */
const good: Record<string, unknown> = {
  ...{ region: "eu-west-1", auth: "iam", jwtIssuer: null, jwtAudience: null, image: "auto" },
  ...{ repository: "sluice-dev", httpMemory: 1024, httpRate: 200, httpBurst: 400, accessLogs: "off" },
  ...{ healthRate: 10, healthBurst: 20, httpConcurrency: 0 },
  ...{
    submitMemory: 1769,
    express: "on",
    recordArrays: "on",
    workMemory: 1769,
    workConcurrency: 50,
    waitHolders: 100,
    maxTaskVcpu: 4,
    maxTasks: 20,
  },
  ...{ maxRunningVcpu: 40, maxSeconds: 21_600, spot: true, retentionDays: 7, logRetentionDays: 30 },
  ...{ network: "own", zones: 3, subnetIds: null, securityGroupIds: null, assignPublicIp: "ENABLED" },
  ...{ permissionsBoundary: "", deletionPolicy: "Delete", deletionProtection: false, alarms: "off" },
  ...{ alarmEmail: "", spendAlarmUsdPerHour: 5, monthlyBudgetUsd: 0 },
};

const checked = (changes: Record<string, unknown>, { stage = "dev", param = [] as string[] } = {}) =>
  parameters({
    options: { param },
    resolveVariable: async (variable: string) => {
      if (variable === "sls:stage") return stage;
      const name = /^param:(\w+), null$/.exec(variable)?.[1];
      if (name === undefined) throw new Error(`unexpected variable ${variable}`);
      return { ...good, ...changes }[name] ?? null;
    },
  });

test("every parameter of infra/stages.yml has its rule, and every rule its parameter", async () => {
  const text = await readFile(path.join(root, "infra/stages.yml"), "utf8");
  const named = new Set([...text.matchAll(/^ {2}(\w+):/gm)].map(([, name]) => name));
  expect([...named].sort()).toEqual(Object.keys(rules).sort());
  expect(Object.keys(good).sort()).toEqual(Object.keys(rules).sort());
});

test("what follows from them: objects a day longer than records, no image until there is one", async () => {
  expect(await checked({})).toEqual({
    ...{ image: "none", deletionPolicy: "Delete", permissionsBoundary: "", monthlyBudgetUsd: 0 },
    ...{ objectDays: 8, recordDays: "7", httpConcurrency: 0, waitingConcurrency: 100 },
  });
  const image = `1.dkr.ecr.eu-west-1.amazonaws.com/sluice-dev@sha256:${"a".repeat(64)}`;
  expect(await checked({ image, retentionDays: "2" })).toMatchObject({
    image,
    objectDays: 3,
    recordDays: "2",
  });
});

test.each<[string, Record<string, unknown>]>([
  ["jwt", { auth: "jwt", jwtIssuer: "https://issuer.example", jwtAudience: ["a"] }],
  [
    "text from --param",
    {
      maxTasks: "7",
      spot: "false",
      logRetentionDays: "90",
      monthlyBudgetUsd: "12.5",
      alarmEmail: "a@b.example",
    },
  ],
  [
    "an existing private network",
    {
      network: "existing",
      subnetIds: "subnet-0a,subnet-0b",
      securityGroupIds: "sg-0a",
      assignPublicIp: "DISABLED",
    },
  ],
  ["a boundary", { permissionsBoundary: "arn:aws-us-gov:iam::111122223333:policy/teams/app" }],
])("lets pass: %s", async (_what, changes) => {
  await expect(checked(changes)).resolves.toMatchObject({ recordDays: "7" });
});

test.each<[Record<string, unknown>, string]>([
  [{ region: "europe" }, 'region: expected an AWS region, like eu-west-1, got "europe"'],
  [{ auth: "iamm" }, 'auth: expected one of iam, jwt, none, got "iamm"'],
  [{ auth: "jwt", jwtAudience: "a" }, "auth=jwt needs jwtIssuer"],
  [{ auth: "jwt", jwtIssuer: "https://a.example" }, "auth=jwt needs jwtAudience"],
  [{ jwtIssuer: "http://a.example" }, "jwtIssuer: expected nothing, or an https URL"],
  [{ image: "sluice:latest" }, 'image: expected auto, none or URI@sha256:DIGEST, got "sluice:latest"'],
  [{ httpMemory: 64 }, "httpMemory: expected a whole number from 128 to 10240, got 64"],
  [{ httpConcurrency: -1 }, "httpConcurrency: expected a whole number from 0 to 1000, got -1"],
  [{ healthRate: 0 }, "healthRate: expected a whole number from 1 to 10000, got 0"],
  [{ healthBurst: "x" }, 'healthBurst: expected a whole number from 1 to 5000, got "x"'],
  [{ workConcurrency: 1 }, "workConcurrency: expected a whole number from 2 to 1000, got 1"],
  [{ maxTasks: "many" }, 'maxTasks: expected a whole number from 1 to 2000, got "many"'],
  [{ maxTasks: "" }, 'maxTasks: expected a whole number from 1 to 2000, got ""'],
  [{ maxTaskVcpu: 0.5 }, "maxTaskVcpu: expected a whole number from 1 to 16, got 0.5"],
  [{ retentionDays: 0 }, "retentionDays: expected a whole number from 1 to 3650, got 0"],
  [{ spot: "yes" }, 'spot: expected one of true, false, got "yes"'],
  [{ logRetentionDays: 31 }, "logRetentionDays: expected a number of days that CloudWatch Logs offers"],
  [{ network: "existing", securityGroupIds: "sg-0a" }, "network=existing needs subnetIds"],
  [{ network: "existing", subnetIds: "subnet-0a" }, "network=existing needs securityGroupIds"],
  [{ zones: 1 }, "zones: expected a whole number from 2 to 3, got 1"],
  [{ subnetIds: "subnet-0a, subnet-0b" }, "subnetIds: expected nothing, or subnet-… ids, comma-separated"],
  [{ assignPublicIp: "DISABLED" }, "network=own needs assignPublicIp=ENABLED"],
  [{ permissionsBoundary: "teams" }, "permissionsBoundary: expected nothing, or the ARN of a managed policy"],
  [{ deletionPolicy: "Keep" }, 'deletionPolicy: expected one of Delete, Retain, got "Keep"'],
  [{ alarms: true }, "alarms: expected one of off, on, got true"],
  [{ alarmEmail: "team" }, 'alarmEmail: expected nothing, or an e-mail address, got "team"'],
  [{ spendAlarmUsdPerHour: 0 }, "spendAlarmUsdPerHour: expected a number of dollars above 0, got 0"],
  [{ monthlyBudgetUsd: -1 }, "monthlyBudgetUsd: expected a number of dollars, 0 for no budget, got -1"],
  [{ monthlyBudgetUsd: 50 }, "monthlyBudgetUsd needs alarmEmail"],
])("stops at %j", async (changes, fault) => {
  await expect(checked(changes)).rejects.toThrow(fault);
});

test("stops at a stage that cannot be part of a bucket's name, and at a misspelt --param, all in one answer", async () => {
  const asked = checked({ maxTasks: 0 }, { stage: "My_Stage", param: ["maxTask=5", "spot=true"] });
  await expect(asked).rejects.toThrow(
    /^the parameters of stage My_Stage .+\n {2}stage: expected .+ got "My_Stage"\n {2}--param maxTask: expected one of .+\n {2}maxTasks: expected .+$/,
  );
  await expect(checked({}, { stage: "a".repeat(21) })).rejects.toThrow("stage: expected");
});
