import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { type Clients, connect } from "../../../deploy/clients.ts";

/** What AWS answers: the inside of an XML result, a JSON object, or a refusal in the words of the protocol. */
export type Answer = string | object | Refusal;

export class Refusal {
  readonly code: string;
  readonly message: string;
  readonly status: number;
  constructor(code: string, message = "planted", status = 400) {
    this.code = code;
    this.message = message;
    this.status = status;
  }
}

/** Parameters of a call: form fields of the query protocol, or the JSON body. */
type Input = Record<string, unknown>;

export interface AwsServer {
  readonly url: string;
  readonly clients: Clients;
  /** Every call, in order: `ecr.DescribeImages`, `s3.GET /bucket?versions`, … */
  readonly calls: { readonly call: string; readonly input: Input }[];
  /** Call → answer. What is not planted is refused. A list is used up one by one; its last one stays. */
  readonly answers: Record<string, Answer | Answer[] | ((input: Input) => Answer)>;
  called(call: string): Input[];
  stop(): Promise<void>;
}

/** AWS as the SDK's clients see it on the wire, with the answers that a test plants. */
export async function startAwsServer(): Promise<AwsServer> {
  const calls: AwsServer["calls"][number][] = [];
  const answers: AwsServer["answers"] = {};
  const server = createServer(async (request, reply) => {
    const { service, call, input } = await read(request);
    calls.push({ call, input });
    const answer = take(answers, call, input);
    const [status, body] = render(service, call, answer);
    const type = body.startsWith("<") ? "text/xml" : "application/x-amz-json-1.1";
    reply.writeHead(status, { "content-type": type }).end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  return {
    url,
    clients: connect({ region: "eu-west-1", endpoint: url, credentials, maxAttempts: 1 }),
    calls,
    answers,
    called: (call) => calls.filter((made) => made.call === call).map(({ input }) => input),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function take(answers: AwsServer["answers"], call: string, input: Input): Answer {
  const planted = answers[call];
  if (planted === undefined) return new Refusal("NotPlanted", `no answer is planted for ${call}`);
  if (typeof planted === "function") return (planted as (input: Input) => Answer)(input);
  if (!Array.isArray(planted)) return planted;
  return (planted.length > 1 ? planted.shift() : planted[0]) ?? new Refusal("NotPlanted");
}

async function read(request: IncomingMessage) {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString();
  const service = /\/([a-z0-9-]+)\/aws4_request/.exec(request.headers.authorization ?? "")?.[1] ?? "unsigned";
  const target = request.headers["x-amz-target"];
  if (typeof target === "string") {
    return { service, call: `${service}.${target.split(".").at(-1)}`, input: JSON.parse(body) as Input };
  }
  if (request.headers["content-type"]?.startsWith("application/x-www-form-urlencoded")) {
    const input: Input = Object.fromEntries(new URLSearchParams(body));
    return { service, call: `${service}.${input.Action}`, input };
  }
  // `/bucket/?versions=&x-id=…` → `/bucket?versions`
  const url = (request.url ?? "")
    .replace(/(x-id=[^&]*|list-type=2)/g, "")
    .replace(/=(?=&|$)/g, "")
    .replace(/[?&]+$/, "")
    .replace(/\/(?=\?|$)/, "");
  return { service, call: `${service}.${request.method} ${url}`, input: { body } };
}

function render(service: string, call: string, answer: Answer): [number, string] {
  if (answer instanceof Refusal) {
    const { code, message, status } = answer;
    const error = `<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
    if (service === "ec2") return [status, `<Response><Errors>${error}</Errors></Response>`];
    if (service === "s3") return [status, error];
    if (/^(sts|iam|cloudformation)$/.test(service))
      return [status, `<ErrorResponse>${error}</ErrorResponse>`];
    return [status, JSON.stringify({ __type: code, message })];
  }
  if (typeof answer === "object") return [200, JSON.stringify(answer)];
  if (service === "s3") return [200, answer];
  const action = call.slice(call.indexOf(".") + 1);
  const inside = service === "ec2" ? answer : `<${action}Result>${answer}</${action}Result>`;
  return [200, `<${action}Response>${inside}</${action}Response>`];
}

/** DescribeStacks of one stack. */
export const stackOf = (fields: {
  name: string;
  status?: string;
  outputs?: Record<string, string>;
  parameters?: Record<string, string>;
  protected?: boolean;
}): string => {
  const members = (record: Record<string, string> = {}, key: string, value: string) =>
    Object.entries(record)
      .map(([name, text]) => `<member><${key}>${name}</${key}><${value}>${text}</${value}></member>`)
      .join("");
  return `<Stacks><member><StackName>${fields.name}</StackName><StackId>arn:${fields.name}</StackId>
    <StackStatus>${fields.status ?? "CREATE_COMPLETE"}</StackStatus>
    <EnableTerminationProtection>${fields.protected ?? false}</EnableTerminationProtection>
    <Outputs>${members(fields.outputs, "OutputKey", "OutputValue")}</Outputs>
    <Parameters>${members(fields.parameters, "ParameterKey", "ParameterValue")}</Parameters></member></Stacks>`;
};

export const noStack = (name: string) =>
  new Refusal("ValidationError", `Stack with id ${name} does not exist`);
