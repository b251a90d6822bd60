import { nativeProfile } from "./native/profile.ts";
import type { EngineProfile } from "./profile.ts";
import { referenceProfile } from "./reference/profile.ts";
import { wasmProfile } from "./wasm/profile.ts";

export type { EngineProfile } from "./profile.ts";

/** Every engine's profile by its name, whether or not this machine can run the engine. */
export const profiles = {
  reference: referenceProfile,
  wasm: wasmProfile,
  native: nativeProfile,
} as const satisfies Readonly<Record<string, EngineProfile>>;
