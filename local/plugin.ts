import path from "node:path";
import { type Build, buildBundles } from "./build.ts";
import { type LocalCloud, startLocalCloud } from "./cloud.ts";
import { createResolver } from "./cloudformation/resolve.ts";
import { behaveLikeGateway, type HapiServer, whenListening } from "./http-api.ts";
import { createLog, type Log } from "./log.ts";
import {
  moduleOf,
  resolveEnvironment,
  routesOf,
  type Service,
  stackNameOf,
  takeFunctions,
} from "./service.ts";
import { warmUp } from "./warm-up.ts";
import { buildFolder } from "./workspace.ts";

/** The part of Serverless that a plugin sees and this one uses. */
interface Serverless {
  readonly serviceDir: string;
  readonly service: Service;
  readonly processedInput: { readonly commands: readonly string[] };
  readonly pluginManager: { readonly plugins: readonly object[]; spawn(command: string): Promise<void> };
}

interface ServerlessOffline {
  internals(): { getApiGatewayServer(): HapiServer };
}

/** A port nobody listens on: outside a running stack a call to AWS fails at once, and stays on this machine. */
const nowhere = "http://127.0.0.1:9";

/** What a task runs in place of the image. */
const containerEntry = "container/main";

const placeholders: Readonly<Record<string, string>> = {
  AWS_ACCESS_KEY_ID: "S3RVER",
  AWS_SECRET_ACCESS_KEY: "S3RVER",
  AWS_ENDPOINT_URL_SQS: nowhere,
  AWS_ENDPOINT_URL_S3: nowhere,
  AWS_ENDPOINT_URL_DYNAMODB: nowhere,
  AWS_ENDPOINT_URL_ECS: nowhere,
  AWS_ENDPOINT_URL_EVENTBRIDGE: nowhere,
  AWS_ENDPOINT_URL_XRAY: nowhere,
};

/**
 * The local cloud as a Serverless plugin, listed before all others. `sls offline` gets every AWS service
 * that the project uses; `sls invoke local` gets an environment without intrinsic functions; `sls package`
 * and `sls deploy` get nothing: what is packaged is what serverless.yml says.
 *
 * Hooks run in this order: our `before:offline:start` starts the cloud and builds all bundles, side by
 * side; our `offline:start` waits for both and is followed by serverless-offline's own,
 * which does not return until the end. `sls offline start` is the same with `:init`.
 */
export default class LocalCloudPlugin {
  readonly hooks: Readonly<Record<string, () => unknown>>;
  readonly #serverless: Serverless;
  readonly #command: string;
  /** Where the bundles are, laid out as the sources are. */
  readonly #built: string;
  readonly #debug = process.env.SLUICE_LOG === "debug";
  readonly #dev = process.env.SLUICE_DEV === "1";
  readonly #data = process.env.SLUICE_DATA || undefined;
  /** Arguments, a JSON array, with which Node runs a task in another way than as the bundle: in the built image. */
  readonly #task: readonly string[] | undefined = JSON.parse(process.env.SLUICE_TASK ?? "null") ?? undefined;
  readonly #log: Log;
  #starting: Promise<LocalCloud> | undefined;
  #build: Build | undefined;
  #warming: Promise<unknown> = Promise.resolve();
  #ready = false;

  constructor(serverless: Serverless) {
    this.#serverless = serverless;
    this.#command = serverless.processedInput.commands.join(" ");
    this.#log = createLog({
      debug: this.#debug,
      folder: this.#data === undefined ? undefined : path.join(this.#data, "logs"),
    });
    // esbuild.config.ts reads it. For every command: `sls package` empties its folder when it is done, which
    // must not be the parent of a running stack's.
    const folder = buildFolder(serverless.serviceDir);
    process.env.SLUICE_BUILD_FOLDER = folder;
    // The name is serverless-esbuild's: it tells serverless-offline to look there.
    this.#built = path.join(serverless.serviceDir, folder, ".build");
    const start = (): void => this.#start();
    const join = (): Promise<void> => this.#join();
    this.hooks = {
      initialize: () => this.#initialize(),
      "before:offline:start": start,
      "before:offline:start:init": start,
      "offline:start": join,
      "offline:start:init": join,
    };
  }

  /** Where variables are resolved, and before anything reads the environment of a function. */
  #initialize(): void {
    if (this.#command !== "invoke local") return;
    const { service } = this.#serverless;
    for (const [name, value] of Object.entries(placeholders)) process.env[name] ??= value;
    const resolver = createResolver(service.resources ?? {}, {
      region: service.provider.region,
      stackName: stackNameOf(service),
      sqsUrl: process.env.AWS_ENDPOINT_URL_SQS ?? nowhere,
    });
    resolveEnvironment(service, resolver, this.#localVariables());
  }

  /** What differs from AWS in a function's own variables: nobody to authenticate, and a quiet terminal. */
  #localVariables(): Record<string, string> {
    const quiet = { POWERTOOLS_LOG_LEVEL: "WARN", METRICS: "off" };
    return { AUTH: "none", ...(this.#debug ? {} : quiet) };
  }

  #start(): void {
    const { service } = this.#serverless;
    this.#stopOnSignals();
    service.custom = {
      ...service.custom,
      "serverless-offline": {
        noPrependStageInUrl: true,
        noAuth: true,
        // API Gateway hands cookies on unread; hapi answers 400 to one it cannot parse.
        disableCookieValidation: true,
        ...(service.custom?.["serverless-offline"] as object | undefined),
        host: "127.0.0.1",
        httpPort: Number(process.env.PORT || 3000),
        // Its own Lambda endpoint is not used: ours runs functions in environments that can be killed.
        lambdaPort: 0,
        // Three times the throughput of a thread per function, but it does not reload code.
        useInProcess: !this.#dev,
      },
    };
    this.#build = this.#buildAll();
    this.#starting = startLocalCloud({
      template: service.resources ?? {},
      region: service.provider.region,
      stackName: stackNameOf(service),
      log: this.#log,
      taskCommand: async () =>
        this.#task ?? ["--enable-source-maps", path.join(this.#built, `${containerEntry}.cjs`)],
      data: this.#data,
    });
    // Both are awaited, and a failure reported, when the hooks before `offline:start` have run.
    this.#starting.catch(() => {});
    this.#build.done.catch(() => {});
    whenListening(
      () => this.#gateway(),
      (server) => void this.#publishEnd(server),
    );
  }

  /** All functions and the container in one run; serverless-esbuild, one run each, is told to skip them. */
  #buildAll(): Build {
    const { service, serviceDir, pluginManager } = this.#serverless;
    const functions = Object.values(service.functions);
    for (const definition of functions) definition.skipEsbuild = true;
    const entries = [...new Set(functions.map(moduleOf)), containerEntry];
    const reload = (): void => void pluginManager.spawn("offline:functionsUpdated");
    return buildBundles(serviceDir, entries, this.#built, { onRebuilt: this.#dev ? reload : undefined });
  }

  async #join(): Promise<void> {
    const [cloud] = await Promise.all([this.#starting, this.#build?.done]);
    if (!cloud) return;
    const { service } = this.#serverless;
    Object.assign(process.env, cloud.environment);
    resolveEnvironment(service, cloud.resolver, this.#localVariables());
    const functions = takeFunctions(service, cloud.resolver, this.#built);
    this.#warming = Promise.all(functions.map((spec) => cloud.lambda.add(spec)));
  }

  /** serverless-offline's HTTP server, once there is one. */
  #gateway(): HapiServer | undefined {
    const isOffline = (plugin: object): plugin is ServerlessOffline => "internals" in plugin;
    try {
      return this.#serverless.pluginManager.plugins.find(isOffline)?.internals().getApiGatewayServer();
    } catch {
      return undefined; // it asks a server that it has not made yet
    }
  }

  async #publishEnd(server: HapiServer): Promise<void> {
    behaveLikeGateway(server, routesOf(this.#serverless.service));
    server.ext("onPreStop", async () => {
      await this.#stop();
      // Requests that wait for a job would hold the server for as long as they wait.
      server.listener.closeAllConnections();
    });
    this.#ready = true;
    this.#surviveFunctions();
    await this.#warming;
    const address = server.listener.address();
    const port = typeof address === "object" ? address?.port : undefined;
    const url = `http://127.0.0.1:${port}`;
    const health = await warmUp(url, this.#serverless.service.provider.environment ?? {});
    if (health.ok) process.stdout.write(`ready ${url}\n`);
    else this.#log.say("local", `GET /health answered ${health.status}: ${await health.text()}`);
  }

  async #stop(): Promise<void> {
    const cloud = await this.#starting?.catch(() => undefined);
    await Promise.all([cloud?.stop(), this.#build?.stop()]);
  }

  /** From ready on, serverless-offline ends the process, and waits for the cloud in `onPreStop`. */
  #stopOnSignals(): void {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.once(signal, async () => {
        if (this.#ready) return;
        await this.#stop();
        process.exit(0);
      });
    }
    // Whoever started the stack or read its output is gone: end as on Ctrl-C. An unhandled EPIPE would be
    // logged, to the same broken pipe, for ever.
    const end = (): void => void process.kill(process.pid, "SIGINT");
    process.once("disconnect", end);
    for (const output of [process.stdout, process.stderr]) output.once("error", end).on("error", () => {});
  }

  /** A function that throws where nobody catches it dies alone at AWS; here it shares our process. */
  #surviveFunctions(): void {
    process.removeAllListeners("uncaughtException");
    for (const event of ["uncaughtException", "unhandledRejection"] as const) {
      process.on(event, (error: unknown) => {
        this.#log.say("local", error instanceof Error ? (error.stack ?? error.message) : String(error));
      });
    }
  }
}
