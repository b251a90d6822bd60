import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { packageStage } from "../../build/package-stage.ts";
import type { LocalCloud } from "../../local/cloud.ts";
import { type Call, httpEvent } from "../support/http-event.ts";
import { unzip } from "../support/unzip.ts";

type Template = Awaited<ReturnType<typeof packageStage>>["template"];

/** What a function printed, without the ends of long lines. */
const shortened = (text: string): string =>
  text
    .split("\n")
    .map((line) => line.slice(0, 300))
    .join("\n");

interface Answer {
  readonly status?: number | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: every function has its own answer.
  readonly body: any;
}

/** The functions of the zips that are deployed, unpacked into a folder, run one call at a time against a local cloud. */
export class Packaged {
  readonly template: Template;
  readonly #folder: string;
  #calls = 0;

  private constructor(template: Template, folder: string) {
    this.template = template;
    this.#folder = folder;
  }

  static async into(folder: string): Promise<Packaged> {
    const { folder: zips, template } = await packageStage("--stage", "dev", "--param", "auth=none");
    for (const name of readdirSync(zips).filter((name) => name.endsWith(".zip"))) {
      for (const [file, { bytes }] of unzip(readFileSync(path.join(zips, name)))) {
        const to = path.join(folder, path.basename(name, ".zip"), file);
        mkdirSync(path.dirname(to), { recursive: true });
        writeFileSync(to, bytes);
      }
    }
    return new Packaged(template, folder);
  }

  /** Runs a function by a Node of the caller's choice. Answers what it gave, and on which CPU it ran. */
  async invoke(key: string, event: unknown, cloud: LocalCloud, node: readonly string[] = [process.execPath]) {
    this.#calls += 1;
    const file = (name: string) => path.join(this.#folder, `${this.#calls}-${name}.json`);
    writeFileSync(file("event"), JSON.stringify(event));
    const bundle = path.join(this.#folder, key, `functions/${key}.cjs`);
    const [program = "", ...args] = node;
    const { PATH, HOME } = process.env;
    const env = { PATH, HOME, ...this.#variables(key, cloud), ...cloud.environment };
    const invoked = [path.join(import.meta.dirname, "invoke.ts"), bundle, file("event"), file("answer")];
    await promisify(execFile)(program, [...args, ...invoked], { env, maxBuffer: 2 ** 24 }).catch(
      // Node quotes the line that threw, and a bundle has long ones.
      ({ stdout, stderr }) => {
        throw new Error(`${key} failed: ${shortened(`${stdout}${stderr}`)}`);
      },
    );
    return JSON.parse(readFileSync(file("answer"), "utf8")) as { arch: string; answer: unknown };
  }

  /** A request to a function of the API. */
  async request(key: string, call: Call, cloud: LocalCloud): Promise<Answer> {
    const { answer } = await this.invoke(key, httpEvent(call), cloud);
    const { statusCode, body = "null" } = answer as APIGatewayProxyStructuredResultV2;
    return { status: statusCode, body: JSON.parse(body) };
  }

  #variables(key: string, cloud: LocalCloud): Record<string, string> {
    const name = `sluice-dev-${key}`;
    const found = Object.values(this.template.Resources).find(
      ({ Type, Properties }) => Type === "AWS::Lambda::Function" && Properties?.FunctionName === name,
    );
    if (!found) throw new Error(`expected the function ${name} in the template`);
    const { Environment, MemorySize } = found.Properties as {
      Environment?: { Variables?: Record<string, unknown> };
      MemorySize?: number;
    };
    return {
      ...cloud.resolver.environment({ ...Environment?.Variables, METRICS: "off" }),
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(MemorySize),
    };
  }
}
