/**
 * `npm start` and, with `--dev`, `npm run dev`: the local cloud and the API, until Ctrl-C or SIGTERM.
 *
 * A process of its own in front of Serverless, for what must happen before Serverless has loaded: the first line, and
 * the word that the port is taken. It is also the process that npm signals (`exec` in package.json: a shell between
 * the two would die of SIGTERM and leave it behind), so it hands signals on and waits for the end.
 */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import path from "node:path";
import { stackFlags } from "../local/node-flags.ts";

const root = path.dirname(import.meta.dirname);
const port = Number(process.env.PORT || 3000);
const dev = process.argv.includes("--dev");

/** @returns why nothing can listen on the port, or undefined */
async function whyNotFree(port: number): Promise<string | undefined> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  server.listen({ port, host: "127.0.0.1" }, () => server.close(() => resolve(undefined)));
  return promise;
}

const taken = await whyNotFree(port);
if (taken !== undefined) {
  console.error(
    `Port ${port} of 127.0.0.1 is not free (${taken}): stop what listens there, or choose another with PORT=3001 npm start.`,
  );
  process.exit(1);
}
console.log(
  "starting: the AWS services, the bundles of the functions, their environments, and two jobs to warm up",
);

const sls = createRequire(import.meta.url).resolve("serverless/bin/serverless.js");
const child = spawn(process.execPath, [...stackFlags, sls, "offline"], {
  // The channel carries nothing: when it closes, this process has been killed, and the stack ends itself.
  stdio: ["inherit", "inherit", "inherit", "ipc"],
  env: {
    ...process.env,
    PORT: String(port),
    // What V8 has compiled of Serverless and its plugins is kept: a tenth of a start's CPU.
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? path.join(root, "node_modules/.cache/node"),
    SLS_LOG_LEVEL: process.env.SLS_LOG_LEVEL ?? "warning",
    ...(dev ? { SLUICE_DEV: "1" } : {}),
  },
});
// Ctrl-C reaches the whole foreground group, the child too: a signal that comes twice is one to it.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => child.kill(signal === "SIGHUP" ? "SIGTERM" : signal));
}
child.once("exit", (code) => process.exit(code ?? 1));
