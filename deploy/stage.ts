/** custom.deploy in serverless.yml: deploy/settings.yml with its variables resolved. `--param` makes text of numbers. */
export interface Settings {
  readonly image: string;
  readonly repository: string;
  readonly repositoryTemplate: object;
  readonly deletionPolicy: string;
  readonly network: string;
  readonly zones: number | string;
  readonly subnetIds: string;
  readonly securityGroupIds: string;
  readonly spot: boolean | string;
  readonly maxTaskVcpu: number | string;
  readonly maxRunningVcpu: number | string;
  readonly workConcurrency: number | string;
  readonly waitHolders: number | string;
  readonly httpConcurrency: number | string;
}

/** The stage that is deployed, looked at or removed. */
export interface Stage {
  readonly service: string;
  readonly name: string;
  readonly region: string;
  readonly stackName: string;
  /** The folder of serverless.yml: what the image is built from. */
  readonly folder: string;
  readonly settings: Settings;
}

export const repositoryStackOf = ({ stackName }: Stage): string => `${stackName}-repository`;

/** Where progress is told: to a person, on the terminal. */
export interface Tell {
  note(text: string): void;
  warn(text: string): void;
}
