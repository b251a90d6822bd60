import type { Clients } from "./clients.ts";
import { sayError } from "./failure.ts";
import { checkImage } from "./image/reference.ts";
import type { Kept } from "./remove/kept.ts";
import type { Settings, Stage, Tell } from "./stage.ts";

/** The part of Serverless that a plugin sees and this one uses. */
interface Serverless {
  readonly serviceDir: string;
  readonly service: {
    readonly service: string;
    readonly custom: { readonly deploy: Settings };
    readonly resources: { readonly Parameters: { readonly Image: { Default: string } } };
  };
  readonly processedInput: { readonly commands: readonly string[] };
  readonly pluginManager: {
    spawn(command: string, options: { terminateLifecycleAfterExecution: boolean }): Promise<void>;
  };
  readonly classes: { readonly Error: new (message: string, code: string) => Error };
  getProvider(name: "aws"): {
    getStage(): string;
    getRegion(): string;
    getAwsSdkV3Config(): Promise<object>;
    readonly naming: { getStackName(): string };
  };
}

interface Options {
  readonly image?: string;
  readonly package?: string;
}

interface Utilities {
  readonly log: { notice(text: string): void; warning(text: string): void };
}

const imageOption = {
  usage:
    "Image of the Fargate lane: URI@DIGEST, none, or auto (built and pushed unless the repository has it)",
  type: "string",
};

/**
 * `sls deploy` from nothing, `sls diagnose`, and a `sls remove` that leaves nothing or says what. No other command
 * asks AWS anything because of it.
 *
 * Hooks run in this order: Serverless spawns `package` in its own `before:deploy:deploy`; our
 * `before:package:cleanup` is the first thing in it, so the image is known before the template is compiled.
 */
export default class DeployPlugin {
  readonly commands = {
    deploy: { options: { image: imageOption } },
    package: { options: { image: imageOption } },
    // `npm run doctor`: Serverless has a command `doctor` of its own.
    diagnose: {
      usage: "Look at everything in the account that is known to break a deploy of this stage",
      options: { image: imageOption },
      lifecycleEvents: ["examine"],
    },
    // Spawned by `sls remove` in place of its own work when there is no stack.
    "sluice-absent": { type: "entrypoint", lifecycleEvents: ["say"] },
  };
  readonly hooks: Readonly<Record<string, () => unknown>>;
  readonly #serverless: Serverless;
  readonly #options: Options;
  readonly #tell: Tell;
  #kept: Kept[] = [];

  constructor(serverless: Serverless, options: Options, { log }: Utilities) {
    this.#serverless = serverless;
    this.#options = options;
    this.#tell = { note: (text) => log.notice(text), warn: (text) => log.warning(text) };
    const deploys = serverless.processedInput.commands.join(" ") === "deploy";
    this.hooks = this.#friendly({
      initialize: () => this.#named(),
      ...(deploys ? { "before:package:cleanup": () => this.#deploy() } : {}),
      "before:deploy:deploy": () => this.#deployPackage(),
      "diagnose:examine": () => this.#doctor(),
      "before:remove:remove": () => this.#beforeRemove(),
      "after:remove:remove": () => this.#afterRemove(),
      "sluice-absent:say": () => this.#absent(),
    });
  }

  /** Errors are for people: Serverless shows its own kind without a stack. */
  #friendly(hooks: Record<string, () => unknown>): Record<string, () => Promise<void>> {
    const { Error: ServerlessError } = this.#serverless.classes;
    const friendly = (hook: () => unknown) => async () => {
      try {
        await hook();
      } catch (error) {
        // A hook chain that a spawned command has ended is no error.
        if (error instanceof Error && error.name === "TerminateHookChain") throw error;
        throw Object.assign(new ServerlessError(sayError(error), "SLUICE_DEPLOY"), { cause: error });
      }
    };
    return Object.fromEntries(Object.entries(hooks).map(([name, hook]) => [name, friendly(hook)]));
  }

  get #stage(): Stage {
    const { service, serviceDir } = this.#serverless;
    const provider = this.#serverless.getProvider("aws");
    return {
      service: service.service,
      name: provider.getStage(),
      region: provider.getRegion(),
      stackName: provider.naming.getStackName(),
      folder: serviceDir,
      settings: service.custom.deploy,
    };
  }

  async #connect(): Promise<Clients> {
    // Ten SDK clients: only for the commands that need them.
    const { connect } = await import("./clients.ts");
    return connect(await this.#serverless.getProvider("aws").getAwsSdkV3Config());
  }

  /** auto, none or URI@DIGEST, as the command line or else the stage says. */
  get #image(): string {
    return checkImage(this.#options.image ?? this.#serverless.service.custom.deploy.image);
  }

  #setImage(image: string): void {
    this.#serverless.service.resources.Parameters.Image.Default = image;
  }

  /** `--image` of whatever packages; `auto` is none until a deploy has built it. */
  #named(): void {
    if (this.#options.image !== undefined) this.#setImage(this.#image === "auto" ? "none" : this.#image);
  }

  async #deploy(): Promise<void> {
    const { deployStage } = await import("./deploy.ts");
    this.#setImage(await deployStage(await this.#connect(), this.#stage, this.#image, this.#tell));
  }

  /** `sls deploy --package`: the image was chosen when it was packaged. */
  async #deployPackage(): Promise<void> {
    if (this.#options.package === undefined) return;
    const { deployPackage } = await import("./deploy.ts");
    const given = { folder: this.#options.package, image: this.#image };
    await deployPackage(await this.#connect(), this.#stage, given, this.#tell);
  }

  async #doctor(): Promise<void> {
    const { examine, report } = await import("./doctor/examine.ts");
    const diagnosis = await examine(await this.#connect(), this.#stage, this.#image);
    process.stdout.write(report(diagnosis));
    const fatal = diagnosis.filter(({ status }) => status === "fatal");
    if (fatal.length > 0) throw new Error(`a deploy will fail: ${fatal.map(({ what }) => what).join(", ")}`);
  }

  async #beforeRemove(): Promise<void> {
    const { prepareRemoval } = await import("./remove/remove.ts");
    const kept = await prepareRemoval(await this.#connect(), this.#stage, this.#tell);
    if (kept) this.#kept = kept;
    else
      await this.#serverless.pluginManager.spawn("sluice-absent", { terminateLifecycleAfterExecution: true });
  }

  async #absent(): Promise<void> {
    const { stackName, region } = this.#stage;
    this.#tell.note(`There is no stack ${stackName} in ${region}: it was removed, or never deployed.`);
    await this.#afterRemove();
  }

  async #afterRemove(): Promise<void> {
    const { removeRepository, tellKept } = await import("./remove/remove.ts");
    const clients = await this.#connect();
    const repository = await removeRepository(clients, this.#stage, this.#tell);
    await tellKept(clients, this.#stage, [...this.#kept, ...repository], this.#tell);
  }
}
