/** The parts of a CloudFormation template that the local cloud understands. */
export interface Template {
  readonly Parameters?: Readonly<Record<string, { readonly Default?: unknown }>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Resources?: Readonly<Record<string, Resource>>;
}

export interface Resource {
  readonly Type: string;
  readonly Condition?: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** What a template cannot know: where it is deployed. */
export interface Surroundings {
  readonly region: string;
  readonly stackName: string;
  /** Values for the template's parameters, before their defaults. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** The SQS endpoint that queue URLs start with. */
  readonly sqsUrl: string;
}

/** The account id that every emulator uses. */
export const accountId = "000000000000";

export type JsonObject = Record<string, unknown>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
