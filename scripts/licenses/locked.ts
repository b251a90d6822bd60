import { readFileSync } from "node:fs";

/** One installed folder of the lockfile. */
export interface LockedPackage {
  /** From `node_modules/` on: says also which package brings it, where a version is nested. */
  readonly folder: string;
  /** The name under which the registry has it: an alias of `overrides` installs one package under another's name. */
  readonly name: string;
  readonly version: string;
  /** As the package's own package.json says it; absent where that says none. */
  readonly license?: string;
  /** Only tests and builds need it. */
  readonly dev: boolean;
  /** Installed only where operating system and CPU fit. */
  readonly optional: boolean;
}

interface Entry {
  readonly name?: string;
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
  readonly link?: boolean;
}

/** All packages that package-lock.json installs, of every operating system, but the project's own workspaces. */
export function lockedPackages(): readonly LockedPackage[] {
  const lock = JSON.parse(readFileSync(new URL("../../package-lock.json", import.meta.url), "utf8"));
  return Object.entries(lock.packages as Record<string, Entry>)
    .filter(([folder, { link }]) => folder.startsWith("node_modules/") && !link)
    .map(([folder, { name, version, license, dev, optional, devOptional }]) => {
      if (!version) throw new Error(`package-lock.json: expected a version of ${folder}, got none`);
      return {
        folder,
        name: name ?? folder.slice(folder.lastIndexOf("node_modules/") + "node_modules/".length),
        version,
        ...(license === undefined ? {} : { license }),
        dev: dev === true,
        optional: optional === true || devOptional === true,
      };
    });
}
