import assert from "node:assert/strict";
import { appendFile, mkdir } from "node:fs/promises";
import path from "node:path";
import { createLog } from "../../local/log.ts";
import { copyCheckout } from "../support/checkout.ts";
import type { Progress } from "../support/progress.ts";
import { buildImage } from "./built-image.ts";
import { type Clients, clientsFor } from "./clients.ts";
import { containerOf } from "./emulated-stage.ts";
import { takeOverMapping } from "./event-source.ts";
import { type Call, type Front, startFront } from "./front.ts";
import { PackagedFunctions } from "./functions.ts";
import { gapsOf } from "./gaps.ts";
import { giveImage } from "./given-image.ts";
import { findImageBuilder } from "./image-builder.ts";
import { runLargeJob } from "./large-job.ts";
import { startMoto } from "./moto.ts";
import { compare, leftOvers } from "./resources.ts";
import { emulatedEnvironment, stackName, stage } from "./settings.ts";
import { sls } from "./sls.ts";
import { runSmallJobs } from "./small-job.ts";
import { type DeployedStack, readStack, stackNames } from "./stack.ts";
import type { StageImage } from "./stage-image.ts";

type Say = (text: string) => void;

interface Run {
  readonly folder: string;
  readonly checkout: string;
  readonly front: Front;
  readonly clients: Clients;
  readonly image: StageImage;
  readonly say: Say;
  /** The real Serverless, on this stage. */
  sls(command: string, ...options: string[]): Promise<string>;
}

interface Options {
  /** Told of every step and every new call of AWS. */
  readonly progress: Progress;
  /** Whether an image is built where it can be: the longest step by far. */
  readonly builds: boolean;
  readonly say: Say;
}

/** moto's CloudFormation passes over VPCCidrBlock, without which there is no room for the third subnet. */
const twoZones = ["--param", "zones=2"];

/** All steps, each with a line of evidence. @throws Error at the first that is not as it should be */
export async function deployDriveRemove(folder: string, { builds, say, progress }: Options): Promise<void> {
  const at = (name: string): string => path.join(folder, name);
  for (const name of ["moto", "registry"]) await mkdir(at(name));
  const moto = await startMoto(at("moto"), emulatedEnvironment(""));
  const direct = clientsFor(moto.url);
  const found = builds ? await findImageBuilder() : { missing: "--no-build" };
  const image =
    "missing" in found
      ? await giveImage(direct, found.missing)
      : await buildImage(at("registry"), direct, found.environment);
  const front = await startFront(moto.url, [...image.gaps, ...gapsOf(direct)], progress);
  say(`moto's server on ${moto.url}, every call through ${front.url}`);
  say(image.said);
  const checkout = at("checkout");
  let said = "";
  const env = { ...emulatedEnvironment(front.url), ...image.environment };
  const run: Run = {
    ...{ folder, checkout, front, image, say },
    clients: clientsFor(front.url),
    async sls(command, ...options) {
      said = await sls({ cwd: checkout, env, progress }, command, "--stage", stage, ...twoZones, ...options);
      return said;
    },
  };
  try {
    await copyCheckout(checkout);
    const stack = await deploy(run);
    await driveJobs(run, stack);
    await deployAgain(run);
    await remove(run);
  } catch (error) {
    console.error(`What Serverless said last:\n${said}\nThe end of moto's log:\n${moto.said()}`);
    throw error;
  } finally {
    front.stop();
    await image.stop();
    await moto.stop();
  }
  for (const { service, action, lacks, instead } of front.filled) {
    say(`moto's ${service} ${action} ${lacks}; here ${instead}`);
  }
}

async function deploy({ sls, image, clients, front, say }: Run): Promise<DeployedStack> {
  await sls("deploy", ...image.options);
  const stack = await readStack(clients, stackName);
  const { there, passedOver } = await compare(front.url, clients, stack);
  say(
    `sls deploy: ${Object.keys(stack.template.Resources).length} resources in the template, ${there} there`,
  );
  for (const [type, ids] of passedOver) say(`  moto does not create ${type}: ${ids.join(", ")}`);
  await expectImage(clients, stack, image);
  say(`task definition ${stack.physicalId("TaskDefinition")}: ${image.uris().at(-1)}`);
  return stack;
}

async function expectImage(clients: Clients, stack: DeployedStack, image: StageImage): Promise<void> {
  const container = await containerOf(clients, stack.physicalId("TaskDefinition"));
  assert.equal(container.image, image.uris().at(-1), "image in the task definition");
}

async function driveJobs({ clients, front, folder, say }: Run, stack: DeployedStack): Promise<void> {
  const queueArn = await takeOverMapping(clients);
  say(
    "from here the run stands in for API Gateway, for the queue's event source mapping (moto's needs Docker), " +
      "for Fargate's machines and for the events of ECS; the queues' URLs name the emulator's host, not AWS's",
  );
  const lines: string[] = [];
  const log = createLog({ debug: true, write: (line) => lines.push(line) });
  const functions = new PackagedFunctions(clients, stack, path.join(folder, "functions"), front.url, log);
  const before = front.calls.length;
  const emulated = { clients, stack, functions, front, folder: path.join(folder, "container") };
  try {
    for (const line of await runSmallJobs(emulated, queueArn)) say(`small job: ${line}`);
    for (const line of await runLargeJob(emulated, queueArn)) say(`large job: ${line}`);
    say(`calls of AWS meanwhile: ${countsOf(front.calls.slice(before))}`);
  } catch (error) {
    console.error(`What the functions said:\n${lines.join("")}`);
    throw error;
  }
}

/** Each call once, with how often; the run's own looks at the results among them. */
function countsOf(calls: readonly Call[]): string {
  const counts = new Map<string, number>();
  for (const { service, action } of calls) {
    const what = `${service} ${action.split(" /")[0]}`;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  return [...counts].map(([what, count]) => `${what} ×${count}`).join(", ");
}

/** Without a change nothing happens; with one in the container's code, where images are built, another image. */
async function deployAgain({ sls, image, clients, checkout, say }: Run): Promise<void> {
  const pushed = image.uris().length;
  const unchanged = await sls("deploy", ...image.options);
  assert.match(unchanged, /No changes to deploy/);
  assert.equal(image.uris().length, pushed, "images pushed");
  if (!image.builds) return say("sls deploy again: no changes");
  const word = /Image \w+ is in the repository: nothing to build/.exec(unchanged)?.[0];
  assert.ok(word, `expected the deploy to say that it builds nothing, got:\n${unchanged}`);
  say(`sls deploy again: no changes, nothing pushed: "${word}"`);

  await appendFile(path.join(checkout, "container/main.ts"), "\nconsole.info();\n");
  await sls("deploy", ...image.options);
  assert.equal(image.uris().length, pushed + 1, "images pushed");
  const latest = image.uris().at(-1);
  assert.notEqual(latest, image.uris().at(-2));
  // How far it goes here: on an update moto passes over what refers to a parameter and is else the same text.
  const { template } = await readStack(clients, stackName);
  assert.equal(template.Parameters?.Image?.Default, latest, "image in the deployed template");
  say(`sls deploy with other container code: pushed, and in the template, ${latest}`);
}

async function remove({ sls, front, clients, image, say }: Run): Promise<void> {
  const stacks = await Promise.all((await stackNames(clients)).map((name) => readStack(clients, name)));
  const before = front.calls.length;
  await sls("remove");
  const calls = front.calls.slice(before);
  for (const stack of stacks) {
    for (const [logicalId, { Type }] of Object.entries(stack.template.Resources)) {
      if (Type === "AWS::S3::Bucket") expectEmptied(calls, stack.physicalId(logicalId));
    }
  }
  await image.takeBack();
  assert.deepEqual(await stackNames(clients), [], "stacks after sls remove");
  assert.deepEqual(await leftOvers(front.url, stacks), [], "what is left after sls remove");
  say(`sls remove: emptied its buckets first, then deleted ${stacks.map(({ name }) => name).join(", ")}`);
  say(
    "nothing is left: no bucket, table, queue, function, role, log group, repository, network of the stage",
  );
}

/** moto would hide it: a bucket with objects is simply left. */
function expectEmptied(calls: readonly Call[], bucket: string): void {
  const emptied = calls.findIndex(
    ({ service, action }) => service === "s3" && action === `POST /${bucket}/?delete`,
  );
  const deleted = calls.findIndex(({ action }) => action === "DeleteStack");
  assert.ok(emptied >= 0 && emptied < deleted, `expected ${bucket} to be emptied before DeleteStack`);
}
