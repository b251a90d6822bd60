import type { Template } from "../../../local/cloudformation/template.ts";

interface Container {
  readonly Environment?: readonly { readonly Name: string }[];
}

/** The template with variables of its tasks set or replaced. */
export function withTaskVariables(template: Template, variables: Readonly<Record<string, string>>): Template {
  const set = Object.entries(variables).map(([Name, Value]) => ({ Name, Value }));
  const changed = (container: Container) => ({
    ...container,
    Environment: [...(container.Environment ?? []).filter(({ Name }) => !(Name in variables)), ...set],
  });
  const resources = Object.entries(template.Resources ?? {}).map(([logicalId, resource]) => {
    if (resource.Type !== "AWS::ECS::TaskDefinition") return [logicalId, resource];
    const containers = (resource.Properties?.ContainerDefinitions ?? []) as readonly Container[];
    const Properties = { ...resource.Properties, ContainerDefinitions: containers.map(changed) };
    return [logicalId, { ...resource, Properties }];
  });
  return { ...template, Resources: Object.fromEntries(resources) };
}

/** The template with another visibility time-out of one queue. */
export function withVisibility(template: Template, logicalId: string, seconds: number | undefined): Template {
  const queue = template.Resources?.[logicalId];
  if (seconds === undefined || queue === undefined) return template;
  const Properties = { ...queue.Properties, VisibilityTimeout: seconds };
  return { ...template, Resources: { ...template.Resources, [logicalId]: { ...queue, Properties } } };
}
