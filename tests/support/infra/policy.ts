import { isDeepStrictEqual } from "node:util";
import { resourcesOf, type Template } from "../../../build/template.ts";
import type { AwsCall } from "./aws-calls.ts";

export interface Statement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Principal?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** A permission that reaches further than one thing of the stage's own, and why it must. */
export interface WidePermission {
  readonly actions: readonly string[];
  readonly resource: string;
  readonly why: string;
}

const list = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T]);

/** The statements of one role, the rule of who may take it on left out. */
export function statementsOf({ Resources }: Template, role: string): Statement[] {
  const { Policies } = (Resources[role]?.Properties ?? {}) as {
    Policies?: { PolicyDocument: { Statement: Statement[] } }[];
  };
  if (!Policies) throw new Error(`expected a role with inline policies, got ${role}`);
  return Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

export const actionsOf = (statements: readonly Statement[]): string[] =>
  statements.flatMap(({ Action }) => list(Action));

/** Every statement that allows something, wherever in the template, by the resource that it is part of. */
function allowsOf(template: Template): { at: string; statement: Statement }[] {
  const found: { at: string; statement: Statement }[] = [];
  const look = (at: string, value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    if ("Effect" in value && value.Effect === "Allow") found.push({ at, statement: value as Statement });
    for (const part of Object.values(value)) look(at, part);
  };
  for (const [at, resource] of Object.entries(template.Resources)) look(at, resource);
  return found;
}

/** What is allowed too widely: not in `explained`, or there and no more in the template. */
export function tooWide(template: Template, stage: string, explained: readonly WidePermission[]): string[] {
  const used = new Set<WidePermission>();
  const faults = allowsOf(template).flatMap(({ at, statement }) => {
    const where = `${at}/${statement.Sid ?? "?"}`;
    if (!("Action" in statement)) return [`${where}: allows all but what it names`];
    const actions = list(statement.Action);
    const isExplained = (of: string, what: readonly string[]): boolean => {
      const why = explained.find(
        ({ resource, actions }) => resource === of && what.every((action) => actions.includes(action)),
      );
      if (why) used.add(why);
      return why !== undefined;
    };
    const wild = actions.filter((action) => action.includes("*") && !isExplained(where, [action]));
    const faults = wild.map((action) => `${where}: ${action}`);
    if (JSON.stringify(statement.Principal ?? "").includes("*")) faults.push(`${where}: anybody`);
    if (statement.Principal !== undefined) return faults;
    if (!("Resource" in statement)) return [...faults, `${where}: on all but what it names`];
    for (const resource of list(statement.Resource)) {
      if (isOneOfOurs(template, stage, resource)) continue;
      const text = inWords(resource, stage);
      if (!isExplained(text, actions)) faults.push(`${where}: ${actions.join(", ")} on ${text}`);
    }
    return faults;
  });
  const stale = explained.filter((entry) => !used.has(entry));
  const byReference = resourcesOf(template, "AWS::IAM::Role").flatMap(({ Properties }) =>
    list((Properties.ManagedPolicyArns ?? []) as unknown[]).map(
      (arn) => `a managed policy, whose words are not here: ${JSON.stringify(arn)}`,
    ),
  );
  return [...faults, ...byReference, ...stale.map(({ resource }) => `explained but not there: ${resource}`)];
}

/** Exactly one thing: it refers to a resource of the stack, or carries the stage's name, and has no wildcard. */
function isOneOfOurs(template: Template, stage: string, resource: unknown): boolean {
  const text = JSON.stringify(resource);
  const refers = (id: string) =>
    [`{"Ref":"${id}"}`, `{"Fn::GetAtt":["${id}"`, `\${${id}.`, `\${${id}}`].some((form) =>
      text.includes(form),
    );
  const isOurs = text.includes(`sluice-${stage}`) || Object.keys(template.Resources).some(refers);
  return isOurs && !text.includes("*");
}

function inWords(resource: unknown, stage: string): string {
  const sub = (resource as { "Fn::Sub"?: unknown } | null)?.["Fn::Sub"];
  const text =
    typeof resource === "string" ? resource : typeof sub === "string" ? sub : JSON.stringify(resource);
  return text.replaceAll(`sluice-${stage}`, "sluice-<stage>");
}

/** Whether IAM would let the call through. All intrinsic functions of the statements must be resolved. */
export function allows(statements: readonly Statement[], call: AwsCall): boolean {
  return statements.some(
    ({ Action, Resource, Condition = {} }) =>
      list(Action).includes(call.action) &&
      list(Resource).some((pattern) => matches(String(pattern), call.resource)) &&
      Object.values(Condition).every((keys) =>
        Object.entries(keys).every(([key, value]) => isDeepStrictEqual(call.context?.[key], value)),
      ),
  );
}

function matches(pattern: string, arn: string): boolean {
  const literal = pattern.split("*").map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${literal.join(".*")}$`).test(arn);
}
