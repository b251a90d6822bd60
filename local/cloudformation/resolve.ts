import { arn, physicalName, reference } from "./identity.ts";
import { accountId, isObject, type JsonObject, type Surroundings, type Template } from "./template.ts";

export interface Resolver {
  /** The value with every intrinsic function replaced by what it stands for. */
  resolve(value: unknown): unknown;
  /** Environment variables as Lambda and ECS set them: strings only. Nulls are left out. */
  environment(variables: Readonly<Record<string, unknown>>): Record<string, string>;
  /** The resources of one type whose condition holds, resolved. */
  resources(
    type: string,
  ): { readonly logicalId: string; readonly name: string; readonly properties: JsonObject }[];
}

/** Stands for AWS::NoValue: the property that has it is left out. */
const noValue = Symbol("AWS::NoValue");

/** Resolves the intrinsic functions of a template without deploying it. */
export function createResolver(template: Template, surroundings: Surroundings): Resolver {
  const { region, stackName, parameters = {} } = surroundings;
  const resources = template.Resources ?? {};
  const pseudo: Readonly<Record<string, unknown>> = {
    "AWS::AccountId": accountId,
    "AWS::Region": region,
    "AWS::Partition": "aws",
    "AWS::StackName": stackName,
    "AWS::StackId": `arn:aws:cloudformation:${region}:${accountId}:stack/${stackName}/local`,
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::NoValue": noValue,
  };

  const nameOf = (logicalId: string): string => {
    const resource = resources[logicalId];
    if (!resource) throw new Error(`expected a resource or parameter of the template, got "${logicalId}"`);
    return physicalName(logicalId, resource, surroundings, resolve);
  };

  const ref = (logicalId: string): unknown => {
    if (logicalId in pseudo) return pseudo[logicalId];
    const parameter = template.Parameters?.[logicalId];
    if (parameter) return parameters[logicalId] ?? parameter.Default;
    return reference(resources[logicalId]?.Type ?? "", nameOf(logicalId), surroundings);
  };

  const getAtt = (argument: unknown): string => {
    const path = Array.isArray(argument) ? argument.join(".") : String(argument);
    const dot = path.indexOf(".");
    const [logicalId, attribute] = [path.slice(0, dot), path.slice(dot + 1)];
    const name = nameOf(logicalId);
    if (attribute === "Arn") return arn(resources[logicalId]?.Type ?? "", name, surroundings);
    return attribute.endsWith("Name") ? name : `${name}.${attribute}`;
  };

  const sub = (argument: unknown): string => {
    const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
    return String(text).replace(/\$\{([^}!][^}]*)\}/g, (_, name: string) => {
      if (isObject(variables) && name in variables) return String(resolve(variables[name]));
      return String(name.includes(".") ? getAtt(name) : ref(name));
    });
  };

  const condition = (name: string): boolean => {
    const definition = template.Conditions?.[name];
    if (definition === undefined) throw new Error(`expected a condition of the template, got "${name}"`);
    return Boolean(resolve(definition));
  };

  const list = (argument: unknown): unknown[] => {
    const value = resolve(argument);
    if (!Array.isArray(value)) throw new Error(`expected a list, got ${JSON.stringify(argument)}`);
    return value;
  };

  const functions: Readonly<Record<string, (argument: unknown) => unknown>> = {
    Ref: (argument) => ref(String(argument)),
    Condition: (argument) => condition(String(argument)),
    "Fn::GetAtt": getAtt,
    "Fn::Sub": sub,
    "Fn::Join": (argument) => {
      const [separator, parts] = list(argument);
      return list(parts).join(String(separator));
    },
    "Fn::Split": (argument) => {
      const [separator, text] = list(argument);
      return String(text).split(String(separator));
    },
    "Fn::Select": (argument) => {
      const [index, values] = list(argument);
      return list(values)[Number(index)];
    },
    "Fn::If": (argument) => {
      const [name, yes, no] = argument as [string, unknown, unknown];
      return resolve(condition(name) ? yes : no);
    },
    "Fn::Equals": (argument) => {
      const [left, right] = list(argument);
      return left === right;
    },
    "Fn::Not": (argument) => !list(argument)[0],
    "Fn::And": (argument) => list(argument).every(Boolean),
    "Fn::Or": (argument) => list(argument).some(Boolean),
    "Fn::GetAZs": () => ["a", "b", "c"].map((zone) => `${region}${zone}`),
  };

  function resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(resolve).filter((item) => item !== noValue);
    if (!isObject(value)) return value;
    const entries = Object.entries(value);
    const [name, argument] = entries[0] ?? [];
    if (entries.length === 1 && name !== undefined) {
      const intrinsic = functions[name];
      // `Condition` is a function only where it names one: IAM policies have a property of that name.
      if (intrinsic && (name !== "Condition" || typeof argument === "string")) return intrinsic(argument);
      if (name.startsWith("Fn::")) {
        const known = Object.keys(functions).join(", ");
        throw new Error(`expected one of ${known}, got ${name}: the local cloud does not know it`);
      }
    }
    return Object.fromEntries(
      entries.map(([key, item]) => [key, resolve(item)]).filter(([, item]) => item !== noValue),
    );
  }

  return {
    resolve,
    environment(variables) {
      const resolved: [string, string][] = [];
      for (const [name, value] of Object.entries(variables)) {
        if (value === null || value === undefined) continue;
        const text = resolve(value);
        if (text === noValue) continue;
        if (isObject(text) || Array.isArray(text)) {
          throw new Error(`environment variable ${name}: expected a string, got ${JSON.stringify(text)}`);
        }
        resolved.push([name, String(text)]);
      }
      return Object.fromEntries(resolved);
    },
    resources(type) {
      return Object.entries(resources)
        .filter(([, resource]) => resource.Type === type)
        .filter(([, resource]) => resource.Condition === undefined || condition(resource.Condition))
        .map(([logicalId, resource]) => ({
          logicalId,
          name: nameOf(logicalId),
          properties: resolve(resource.Properties ?? {}) as JsonObject,
        }));
    },
  };
}
