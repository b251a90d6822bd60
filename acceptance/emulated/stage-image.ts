import type { Gap } from "./front.ts";

/** Where the stage's image comes from in this run. */
export interface StageImage {
  readonly said: string;
  /** For `sls deploy`: its options and variables. */
  readonly options: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly gaps: readonly Gap[];
  /** Whether the deploy itself builds and pushes. */
  readonly builds: boolean;
  /** Repository and digest of every image so far, the latest last. */
  uris(): readonly string[];
  /** After `sls remove`: what the run itself had put at the emulator for it. */
  takeBack(): Promise<void>;
  /** However the run ends. */
  stop(): Promise<void>;
}
