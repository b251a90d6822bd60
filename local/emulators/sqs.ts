import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { buildApp } from "fauxqs";
import type { Emulator } from "./emulator.ts";
import { hideTrace, showTrace } from "./sqs-trace.ts";

interface Queue {
  persistence?: unknown;
  cancelWaiters(): void;
}

interface SqsStore {
  persistence?: unknown;
  getQueue(url: string): Queue | undefined;
  allQueues(): Iterable<Queue>;
}

interface Persistence {
  loadSqsAndSns(sqs: SqsStore, sns: unknown): void;
  close(): void;
}

type Stores = NonNullable<NonNullable<Parameters<typeof buildApp>[0]>["stores"]>;

// startFauxqs() would do, but it always binds 0.0.0.0; its parts are not exported, only shipped.
const dist = path.dirname(fileURLToPath(import.meta.resolve("fauxqs")));
const part = async <T>(file: string, name: string): Promise<T> => {
  const loaded: Record<string, T> = await import(pathToFileURL(path.join(dist, file)).href);
  const value = loaded[name];
  if (value === undefined) throw new Error(`fauxqs ${file} has no ${name}: was fauxqs upgraded?`);
  return value;
};

export async function startSqs(region: string, folder?: string): Promise<Emulator> {
  const [Sqs, Sns, S3] = await Promise.all([
    part<new () => SqsStore>("sqs/sqsStore.js", "SqsStore"),
    part<new () => unknown>("sns/snsStore.js", "SnsStore"),
    part<new () => unknown>("s3/s3Store.js", "S3Store"),
  ]);
  const [sqsStore, snsStore, s3Store] = [new Sqs(), new Sns(), new S3()];

  let persistence: Persistence | undefined;
  if (folder) {
    const Manager = await part<new (dir: string) => Persistence>("persistence.js", "PersistenceManager");
    persistence = new Manager(folder);
    // Loading comes first: with the manager attached, every loaded row would be written again.
    persistence.loadSqsAndSns(sqsStore, snsStore);
    sqsStore.persistence = persistence;
    for (const queue of sqsStore.allQueues()) queue.persistence = persistence;
  }

  const app = buildApp({
    logger: false,
    defaultRegion: region,
    stores: { sqsStore, snsStore, s3Store } as unknown as Stores,
  });
  // A caller that hangs up during a long poll keeps its place in fauxqs, and the next message goes to
  // nobody until its visibility runs out. Waking the queue's pollers drops the dead one: the others
  // get an empty answer, as real SQS also gives now and then.
  app.addHook("onRequestAbort", async (request) => {
    const body = request.body as { QueueUrl?: string } | undefined;
    if (body?.QueueUrl) sqsStore.getQueue(body.QueueUrl)?.cancelWaiters();
  });
  app.addHook("preHandler", async (request) => hideTrace(request.body));
  app.addHook("onSend", async (_request, _reply, payload) => showTrace(payload));
  await app.listen({ port: 0, host: "127.0.0.1" });
  const address = app.server.address();
  if (address === null || typeof address === "string") throw new Error("fauxqs has no TCP address");
  return {
    url: `http://127.0.0.1:${address.port}`,
    async stop() {
      for (const queue of sqsStore.allQueues()) queue.cancelWaiters();
      await app.close();
      persistence?.close();
    },
  };
}
