import assert from "node:assert/strict";
import path from "node:path";
import { createLog } from "../../local/log.ts";
import { copyCheckout, sls } from "./checkout.ts";
import { clientsFor } from "./clients.ts";
import { takeOverMapping } from "./event-source.ts";
import { startFront } from "./front.ts";
import { PackagedFunctions } from "./functions.ts";
import { gapsOf } from "./gaps.ts";
import { runLargeJob } from "./large-job.ts";
import { startMoto } from "./moto.ts";
import { putOwnImage } from "./own-image.ts";
import { compare, leftOvers } from "./resources.ts";
import { emulatedEnvironment, stackName, stage } from "./settings.ts";
import { runSmallJob } from "./small-job.ts";
import { readStack, stackNames } from "./stack.ts";

/** All steps, each with a line of evidence. @throws Error at the first that is not as it should be */
export async function deployDriveRemove(folder: string, say: (text: string) => void): Promise<void> {
  const at = (name: string): string => path.join(folder, name);
  const moto = await startMoto(at("moto"), emulatedEnvironment(""));
  const front = await startFront(moto.url, gapsOf(clientsFor(moto.url)));
  const clients = clientsFor(front.url);
  const env = emulatedEnvironment(front.url);
  say(`moto's server on ${moto.url}, every call through ${front.url}`);

  await copyCheckout(at("checkout"));
  const image = await putOwnImage(front.url);
  say(`no image is built: the run put a manifest into its own repository, ${image.uri}`);
  const deploy = () =>
    sls(at("checkout"), env, "deploy", "--stage", stage, "--verbose", "--param", `image=${image.uri}`);
  await deploy();
  const stack = await readStack(clients, stackName);
  const { there, passedOver } = await compare(front.url, clients, stack);
  say(
    `sls deploy: ${Object.keys(stack.template.Resources).length} resources in the template, ${there} there`,
  );
  for (const [type, ids] of passedOver) say(`  moto does not create ${type}: ${ids.join(", ")}`);

  const { queueArn } = await takeOverMapping(clients);
  const lines: string[] = [];
  const log = createLog({ debug: true, write: (line) => lines.push(line) });
  const functions = new PackagedFunctions(clients, stack, at("functions"), front.url, log);
  const emulated = { clients, stack, functions, front, folder: at("container") };
  try {
    for (const [what, run] of [
      ["small job", runSmallJob],
      ["large job", runLargeJob],
    ] as const) {
      const seen = await run(emulated, queueArn);
      for (const line of seen) say(`${what}: ${line}`);
    }
  } catch (error) {
    console.error(lines.join(""));
    throw error;
  }

  const again = await deploy();
  assert.match(again, /No changes to deploy/i);
  say("sls deploy again: no changes, nothing deployed");

  const before = front.calls.length;
  await sls(at("checkout"), env, "remove", "--stage", stage);
  const removal = front.calls.slice(before);
  say(
    `sls remove: ${removal
      .map(({ service, action }) => `${service} ${action}`)
      .join(", ")
      .slice(0, 4000)}`,
  );
  await image.remove();
  assert.deepEqual(await stackNames(clients), []);
  const left = await leftOvers(front.url, [stack]);
  assert.deepEqual(left, [], "what is left after sls remove");
  say("nothing is left");
  for (const { service, action, lacks, instead } of front.filled) {
    say(`moto's ${service} ${action} ${lacks}: ${instead}`);
  }
}
