import { readFileSync } from "node:fs";

/** A stage's parameters as infra/stages.yml has them, `default` underneath. */
export interface StageParameters {
  number(name: string): number;
  /** Empty when the stage has no such parameter. */
  text(name: string): string;
}

/**
 * Reads that one file: sections of `name: value # why`, all the YAML it uses. @throws at any other line
 */
export function readStages(): (stage: string) => StageParameters {
  const sections = new Map<string, Map<string, string>>();
  let section: Map<string, string> | undefined;
  for (const line of readFileSync(new URL("../../infra/stages.yml", import.meta.url), "utf8").split("\n")) {
    const [, indent, name, value] = /^( *)(\w+):(?:\s+([^#]*?))?\s*(?:#.*)?$/.exec(line) ?? [];
    if (name === undefined) {
      if (/^\s*(#.*)?$/.test(line)) continue;
      throw new Error(`infra/stages.yml: expected "name: value", got ${line}`);
    }
    if (indent === "") {
      section = new Map();
      sections.set(name, section);
    } else section?.set(name, (value ?? "").replace(/^"(.*)"$/, "$1"));
  }
  return (stage) => {
    const text = (name: string) => sections.get(stage)?.get(name) ?? sections.get("default")?.get(name) ?? "";
    return {
      text,
      number(name) {
        const value = Number(text(name) || Number.NaN);
        if (Number.isNaN(value))
          throw new Error(`infra/stages.yml: expected a number for ${name} of ${stage}`);
        return value;
      },
    };
  };
}
