import path from "node:path";
import { type Build, buildBundles } from "./build.ts";
import { type LocalCloud, startLocalCloud } from "./cloud.ts";
import { createResolver } from "./cloudformation/resolve.ts";
import { behaveLikeGateway, type HapiServer, whenListening } from "./http-api.ts";
import { HttpFunctions, printNoRoutes } from "./http-functions.ts";
import { latencyAsked } from "./latency/latency.ts";
import { createLog, type Log } from "./log.ts";
import { nowhere, placeholders } from "./placeholders.ts";
import { Progress } from "./progress.ts";
import {
  httpFunctions,
  moduleOf,
  resolveEnvironment,
  routesOf,
  type Service,
  stackNameOf,
  takeFunctions,
} from "./service.ts";
import { surviveUncaught } from "./uncaught.ts";
import { warmUp } from "./warm-up.ts";
import { buildFolder } from "./workspace.ts";

/** The part of Serverless that a plugin sees and this one uses. */
interface Serverless {
  readonly serviceDir: string;
  readonly service: Service;
  readonly processedInput: { readonly commands: readonly string[] };
  readonly pluginManager: { readonly plugins: readonly object[] };
}

interface ServerlessOffline {
  internals(): { getApiGatewayServer(): HapiServer };
}

/** What a task runs in place of the image. */
const containerEntry = "container/main";

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
  readonly #latency = latencyAsked(process.env.SLUICE_LATENCY);
  readonly #progress = new Progress();
  #build: Build | undefined;
  #http: HttpFunctions | undefined;
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
      faults: this.#latency,
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
    const { service, serviceDir } = this.#serverless;
    const functions = Object.values(service.functions);
    for (const definition of functions) definition.skipEsbuild = true;
    const entries = [...new Set(functions.map(moduleOf)), containerEntry];
    const watching = {
      rebuilt: () => this.#reload(),
      failed: (why: string) => this.#log.say("local", `not rebuilt, the code of before runs on: ${why}`),
    };
    return buildBundles(serviceDir, entries, this.#built, { watching: this.#dev ? watching : undefined });
  }

  /** Functions with environments of their own see for themselves that their bundle is another. */
  #reload(): void {
    const [failure, ...others] = this.#http?.reload() ?? [];
    if (!failure) this.#log.say("local", "reloaded: the next requests run the new code");
    else
      this.#log.say(
        "local",
        `${others.length + 1} bundle(s) built but would not load, the code of before runs on: ${failure.stack}`,
      );
  }

  async #join(): Promise<void> {
    const [cloud] = await Promise.all([
      this.#starting && this.#progress.of("the AWS services", this.#starting),
      this.#build && this.#progress.of("the bundles of all functions", this.#build.done),
    ]);
    if (!cloud) return;
    const { service } = this.#serverless;
    Object.assign(process.env, cloud.environment);
    resolveEnvironment(service, cloud.resolver, this.#localVariables());
    this.#http = new HttpFunctions(httpFunctions(service, this.#built), this.#latency?.gateway);
    await Promise.all([this.#http.replace(), printNoRoutes()]);
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
    const { service } = this.#serverless;
    const routes = routesOf(service);
    behaveLikeGateway(server, routes);
    server.ext("onPreStop", async () => {
      await this.#stop();
      // Requests that wait for a job would hold the server for as long as they wait.
      server.listener.closeAllConnections();
    });
    this.#ready = true;
    surviveUncaught(this.#log);
    await this.#progress.of(
      "environments of the functions that queue, bus and schedule start",
      this.#warming,
    );
    const address = server.listener.address();
    const port = typeof address === "object" ? address?.port : undefined;
    const url = `http://127.0.0.1:${port}`;
    const health = await this.#progress.of(
      "two jobs, to warm up",
      warmUp(url, service.provider.environment ?? {}),
    );
    if (health.ok) this.#progress.ready(url, routes);
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
}
