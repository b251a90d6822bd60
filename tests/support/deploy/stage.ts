import type { Settings, Stage, Tell } from "../../../deploy/stage.ts";

/** A stage as serverless.yml describes it by default. */
export const stageNamed = (name: string, settings: Partial<Settings> = {}, folder = "/nowhere"): Stage => ({
  service: "sluice",
  name,
  region: "eu-west-1",
  stackName: `sluice-${name}`,
  folder,
  settings: {
    image: "auto",
    repository: `sluice-${name}`,
    repositoryTemplate: { Resources: { Repository: { Type: "AWS::ECR::Repository" } } },
    deletionPolicy: "Delete",
    network: "own",
    zones: 3,
    subnetIds: "",
    securityGroupIds: "",
    spot: true,
    maxTaskVcpu: 4,
    maxRunningVcpu: 40,
    workConcurrency: 50,
    waitHolders: 100,
    httpConcurrency: 0,
    ...settings,
  },
});

/** Keeps what a person would have been told. */
export function listener(): Tell & { readonly notes: string[]; readonly warnings: string[] } {
  const [notes, warnings]: string[][] = [[], []] as [string[], string[]];
  return { notes, warnings, note: (text) => notes.push(text), warn: (text) => warnings.push(text) };
}
