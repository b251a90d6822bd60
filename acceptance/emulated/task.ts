import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import type { ContainerDefinition, Task } from "@aws-sdk/client-ecs";
import { bundleContainer } from "../../build/bundle-container.ts";
import { run } from "./processes.ts";
import { awsVariables } from "./settings.ts";

/** What the emulator's ECS would have started, had it machines. */
export interface TaskRun {
  readonly task: Task;
  readonly container: ContainerDefinition;
  readonly endpoint: string;
  readonly folder: string;
}

/**
 * Runs the container's entry with the task's environment; answers what it printed. The bundle, not the image: that
 * is built for Fargate's arm64, and has a check of its own.
 *
 * @throws Error when it exits with anything but 0
 */
export async function runContainer({ task, container, endpoint, folder }: TaskRun): Promise<string> {
  const metadata = await serveMetadata(task);
  const overrides = task.overrides?.containerOverrides?.[0]?.environment ?? [];
  const variables = Object.fromEntries(
    // moto keeps what CloudFormation would have turned into text.
    [...(container.environment ?? []), ...overrides].map(({ name = "", value }) => [name, String(value)]),
  );
  const environment = {
    ...awsVariables(endpoint),
    ...variables,
    ECS_CONTAINER_METADATA_URI_V4: metadata.url,
  };
  try {
    await bundleContainer(folder);
    const { PATH = "" } = process.env;
    return await run([process.execPath, "--enable-source-maps", path.join(folder, "main.cjs")], {
      env: { PATH, ...environment },
    });
  } finally {
    metadata.stop();
  }
}

/** The part of the ECS agent that a container may ask: who it is, and its task's size. */
async function serveMetadata(task: Task): Promise<{ url: string; stop(): void }> {
  const { cpu, memory } = task.overrides ?? {};
  const answer = JSON.stringify({
    TaskARN: task.taskArn,
    Limits: { CPU: Number(cpu) / 1024, Memory: Number(memory) },
  });
  const server = createServer((_, response) => response.end(answer));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
