import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { GetFunctionCommand } from "@aws-sdk/client-lambda";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { Environment } from "../../local/lambda/environment.ts";
import type { LambdaFunction } from "../../local/lambda/function.ts";
import { traced } from "../../local/lambda/tracing.ts";
import type { Log } from "../../local/log.ts";
import { Segments } from "../../local/xray/segments.ts";
import { unzip } from "../support/unzip.ts";
import type { Clients } from "./clients.ts";
import { awsVariables, stackName } from "./settings.ts";
import type { DeployedStack } from "./stack.ts";

/** The functions as they were uploaded, with the configuration that the emulator has of them. */
export class PackagedFunctions {
  readonly #clients: Clients;
  readonly #stack: DeployedStack;
  readonly #folder: string;
  readonly #endpoint: string;
  readonly #log: Log;
  readonly #unpacked = new Map<string, LambdaFunction>();

  constructor(clients: Clients, stack: DeployedStack, folder: string, endpoint: string, log: Log) {
    this.#clients = clients;
    this.#stack = stack;
    this.#folder = folder;
    this.#endpoint = endpoint;
    this.#log = log;
  }

  /** What Lambda itself would send to X-Ray. */
  readonly segments = new Segments();

  /** What the function answers, from an environment that is new each time: every call is a cold start. */
  // biome-ignore lint/suspicious/noExplicitAny: every function has its own answer.
  async invoke(key: string, event: unknown): Promise<any> {
    const environment = new Environment(await this.#unpack(key), awsVariables(this.#endpoint), this.#log);
    try {
      const { payload, functionError } = await traced(key, event, this.segments, (trace) =>
        environment.invoke(JSON.stringify(event), trace),
      );
      if (functionError) throw new Error(`expected ${key} to answer, got its error ${payload}`);
      return JSON.parse(payload);
    } finally {
      await environment.stop();
    }
  }

  async #unpack(key: string): Promise<LambdaFunction> {
    const known = this.#unpacked.get(key);
    if (known) return known;
    const name = `${stackName}-${key}`;
    const { Configuration = {} } = await this.#clients.lambda.send(
      new GetFunctionCommand({ FunctionName: name }),
    );
    const zip = await this.#zipOf(name);
    const sha256 = createHash("sha256").update(zip).digest("base64");
    if (sha256 !== Configuration.CodeSha256) {
      throw new Error(
        `expected ${name}'s code to be the uploaded ${sha256}, got ${Configuration.CodeSha256}`,
      );
    }
    const folder = path.join(this.#folder, key);
    for (const [file, { bytes }] of unzip(zip)) {
      await mkdir(path.join(folder, path.dirname(file)), { recursive: true });
      await writeFile(path.join(folder, file), bytes);
    }
    const [module = "", exported = ""] = (Configuration.Handler ?? "").split(/\.(?=[^.]+$)/);
    const bundle = [".js", ".cjs", ".mjs"]
      .map((ending) => path.join(folder, module + ending))
      .find((file) => existsSync(file));
    if (!bundle) throw new Error(`expected ${Configuration.Handler} in ${name}'s zip, got no such file`);
    const unpacked = {
      key,
      name,
      arn: Configuration.FunctionArn ?? "",
      bundle,
      exported,
      timeoutSeconds: Configuration.Timeout ?? 0,
      memoryMiB: Configuration.MemorySize ?? 0,
      environment: this.#environmentOf(Configuration.Environment?.Variables ?? {}),
      concurrency: 1,
    };
    this.#unpacked.set(key, unpacked);
    return unpacked;
  }

  /** From where the template says that Lambda takes it; the emulator's own link leads nowhere. */
  async #zipOf(name: string): Promise<Buffer> {
    const found = Object.values(this.#stack.template.Resources).find(
      ({ Type, Properties }) => Type === "AWS::Lambda::Function" && Properties?.FunctionName === name,
    );
    const { S3Key } = (found?.Properties?.Code ?? {}) as { S3Key?: string };
    const Bucket = this.#stack.physicalId("ServerlessDeploymentBucket");
    const { Body } = await this.#clients.s3.send(new GetObjectCommand({ Bucket, Key: S3Key }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  }

  /**
   * As configured, but for the host of the queues' URLs: the SDK calls that host, whatever endpoint it is given,
   * and CloudFormation's Ref says AWS's own.
   */
  #environmentOf(variables: Record<string, string>): Record<string, string> {
    const atAws = /^https:\/\/sqs\.[^/]+\.amazonaws\.com\//;
    return Object.fromEntries(
      Object.entries(variables).map(([name, value]) => [name, value.replace(atAws, `${this.#endpoint}/`)]),
    );
  }
}
