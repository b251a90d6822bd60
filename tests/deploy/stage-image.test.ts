import { arch } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { builders } from "../../deploy/image/builder.ts";
import { imageTag } from "../../deploy/image/content.ts";
import { checkImage } from "../../deploy/image/reference.ts";
import { stageImage } from "../../deploy/image/stage-image.ts";
import { type AwsServer, noStack, Refusal, stackOf, startAwsServer } from "../support/deploy/aws-server.ts";
import { type PlantedBuilders, plantBuilders } from "../support/deploy/planted-builders.ts";
import { listener, stageNamed } from "../support/deploy/stage.ts";

const root = path.resolve(import.meta.dirname, "../..");
const registry = "111122223333.dkr.ecr.eu-west-1.amazonaws.com";
const uri = `${registry}/sluice-dev`;
const digest = `sha256:${"d".repeat(64)}`;
const running = `${uri}@sha256:${"0".repeat(64)}`;
const password = "a-password-of-twelve-hours";
const absent = new Refusal("ImageNotFoundException");
const present = { imageDetails: [{ imageDigest: digest }] };

let aws: AwsServer;
let planted: PlantedBuilders;
let told: ReturnType<typeof listener>;
let tag: string;
beforeEach(async () => {
  [aws, planted] = [await startAwsServer(), await plantBuilders()];
  told = listener();
  tag = await imageTag({ folder: root, architecture: "arm64", buildArguments: [] });
  const repository = stackOf({ name: "sluice-dev-repository", outputs: { RepositoryUri: uri } });
  Object.assign(aws.answers, {
    "cloudformation.DescribeStacks": [noStack("sluice-dev-repository"), repository],
    "cloudformation.CreateStack": "<StackId>arn:1</StackId>",
    "ecr.GetAuthorizationToken": {
      authorizationData: [{ authorizationToken: Buffer.from(`AWS:${password}`).toString("base64") }],
    },
    "ecr.DescribeImages": [absent, present],
  });
});
afterEach(async () => {
  delete process.env.SLUICE_BUILD_ARGS;
  await Promise.all([aws.stop(), planted.restore()]);
});

const choose = (image: string, now = "none") =>
  stageImage(aws.clients, stageNamed("dev", {}, root), { image, running: now }, told);

describe("an image that the repository does not have", () => {
  test("is built, pushed, and named by the digest that ECR gave it", async () => {
    await planted.plant("docker");
    expect(await choose("auto")).toBe(`${uri}@${digest}`);
    const runs = await planted.runs();
    expect(runs.map(({ name, args }) => [name, ...args])).toEqual([
      [
        "docker",
        "build",
        "-f",
        "container/Dockerfile",
        "--platform",
        "linux/arm64",
        "-t",
        `${uri}:${tag}`,
        ".",
      ],
      ["docker", "login", "--username", "AWS", "--password-stdin", registry],
      ["docker", "push", `${uri}:${tag}`],
    ]);
    expect(runs[0]?.cwd).toBe(root);
    expect(aws.called("ecr.DescribeImages")).toEqual(
      Array(2).fill({ repositoryName: "sluice-dev", imageIds: [{ imageTag: tag }] }),
    );
  });

  test("needs a password that only stdin sees", async () => {
    await planted.plant("docker");
    await choose("auto");
    const runs = await planted.runs();
    expect(runs.map(({ stdin }) => stdin)).toEqual(["", password, ""]);
    expect(JSON.stringify(runs.map(({ args, env }) => [args, env]))).not.toContain(password);
    expect(JSON.stringify([told.notes, told.warnings])).not.toContain(password);
  });

  test("is one manifest, not an index with one about the build", async () => {
    await planted.plant("docker");
    await choose("auto");
    expect((await planted.runs())[0]?.env.BUILDX_NO_DEFAULT_ATTESTATIONS).toBe("1");
  });

  test("is built with the arguments of SLUICE_BUILD_ARGS, under a tag of its own", async () => {
    await planted.plant("finch");
    process.env.SLUICE_BUILD_ARGS = "--build-arg BASE=mirror.example/node:24  --pull-never";
    await choose("auto");
    const [build] = await planted.runs();
    expect(build?.args.slice(7)).toEqual(["--build-arg", "BASE=mirror.example/node:24", "--pull-never", "."]);
    expect(build?.args).not.toContain(`${uri}:${tag}`);
  });

  test.each(["buildah", "podman"])(
    "is built with %s, which must be told the builder's own CPU",
    async (name) => {
      await planted.plant(name);
      await choose("auto");
      const [build] = await planted.runs();
      const cpu = arch() === "x64" ? "amd64" : arch();
      expect(build?.args.join(" ")).toContain(
        `--platform linux/arm64 -t ${uri}:${tag} --build-arg BUILDPLATFORM=linux/${cpu}`,
      );
    },
  );

  test.each(builders)("is built with %s where it is the first that answers", async (name) => {
    for (const builder of builders) await planted.plant(builder, builder === name ? "" : "info");
    for (const later of builders.slice(builders.indexOf(name) + 1)) await planted.plant(later);
    await choose("auto");
    expect(new Set((await planted.runs()).map((run) => run.name))).toEqual(new Set([name]));
  });

  test.each(["build", "login", "push"])("fails the deploy when its %s fails", async (command) => {
    await planted.plant("docker", command);
    aws.answers["ecr.DescribeImages"] = absent;
    await expect(choose("auto")).rejects.toThrow(
      /^docker (build|push) failed with exit code 1|^docker could not log in/,
    );
    expect((await planted.runs()).at(-1)?.args[0]).toBe(command);
  });

  test("may be pushed by somebody else at the same time", async () => {
    await planted.plant("docker", "push");
    expect(await choose("auto")).toBe(`${uri}@${digest}`);
  });

  test("is missed when the push says it went well", async () => {
    await planted.plant("docker");
    aws.answers["ecr.DescribeImages"] = absent;
    await expect(choose("auto")).rejects.toThrow(
      `expected ${uri}:${tag} in the repository after docker pushed it`,
    );
  });
});

describe("an image that the repository has", () => {
  test.each([["with"], ["without"]])("is neither built nor pushed again, %s a builder", async (how) => {
    if (how === "with") await planted.plant("docker");
    aws.answers["ecr.DescribeImages"] = present;
    expect(await choose("auto", running)).toBe(`${uri}@${digest}`);
    expect(await planted.runs()).toEqual([]);
    expect(aws.called("ecr.GetAuthorizationToken")).toEqual([]);
  });
});

describe("without a builder", () => {
  test("a new stage is Lambda-only, said loudly with what to install", async () => {
    await planted.plant("docker", "info");
    expect(await choose("auto")).toBe("none");
    expect(told.warnings).toEqual([
      expect.stringMatching(/^NO FARGATE: .*fargate-not-deployed.*install docker, podman/),
    ]);
  });

  test("a stage that has Fargate keeps it: the deploy is refused, with three ways on", async () => {
    await expect(choose("auto", running)).rejects.toThrow(
      new RegExp(`cannot build it: install docker.*--image ${running}.*--image none`),
    );
  });
});

describe("an image that is named", () => {
  test("asks nothing of AWS or of a builder", async () => {
    await planted.plant("docker");
    expect(await choose(running)).toBe(running);
    expect(await choose("none")).toBe("none");
    expect([aws.calls, await planted.runs(), told.warnings]).toEqual([[], [], []]);
  });

  test("none takes Fargate away, and says so", async () => {
    expect(await choose("none", running)).toBe("none");
    expect(told.warnings).toEqual([expect.stringContaining("Fargate is taken away")]);
  });

  test.each(["auto", "none", running])("%s is taken", (image) => {
    expect(checkImage(image)).toBe(image);
  });

  test.each(["", "latest", `${uri}:${"a".repeat(32)}`, `${uri}@sha256:abc`, `${running} `, `@${digest}`])(
    "%j is not: it must have a digest",
    (image) => {
      expect(() => checkImage(image)).toThrow(
        "expected the image to be auto, none, or an image by its digest",
      );
    },
  );
});
