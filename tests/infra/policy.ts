import { resourcesOf, type Template } from "./template.ts";

export interface Statement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

const list = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);

/** Every statement of every role. */
export function statementsOf(template: Template): Statement[] {
  return resourcesOf(template, "AWS::IAM::Role").flatMap(({ Properties }) =>
    (Properties.Policies as { PolicyDocument: { Statement: Statement[] } }[]).flatMap(
      ({ PolicyDocument }) => PolicyDocument.Statement,
    ),
  );
}

/** The allowed actions that have a wildcard, or that reach anything but this stage's own resources. */
export function wideActions(template: Template, stage: string): string[] {
  return statementsOf(template)
    .filter(({ Effect }) => Effect === "Allow")
    .flatMap(({ Action, Resource }) => {
      const own = list(Resource).every((resource) => isOwn(template, stage, resource));
      return list(Action).filter((action) => !own || action.includes("*"));
    });
}

/** It refers to a resource of the stack, or carries the stage's name. */
function isOwn(template: Template, stage: string, resource: unknown): boolean {
  const text = JSON.stringify(resource);
  const refers = (id: string) =>
    [`{"Ref":"${id}"}`, `{"Fn::GetAtt":["${id}"`, `\${${id}.`, `\${${id}}`].some((form) =>
      text.includes(form),
    );
  return text.includes(`sluice-${stage}`) || Object.keys(template.Resources).some(refers);
}
