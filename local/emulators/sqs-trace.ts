/** fauxqs drops the one system attribute that senders may set. It travels as an attribute of the message instead. */
const carrier = "AWSTraceHeader";

interface Attributes {
  [name: string]: { readonly DataType: string; readonly StringValue?: string } | undefined;
}

interface SendBody {
  MessageAttributes?: Attributes;
  readonly MessageSystemAttributes?: Attributes;
}

interface Received {
  readonly Messages?: {
    Attributes?: Record<string, string>;
    MessageAttributes?: Attributes;
    MD5OfMessageAttributes?: string;
  }[];
}

/** Of a request: before fauxqs takes it. */
export function hideTrace(body: unknown): void {
  const sent = (body ?? {}) as SendBody;
  const trace = sent.MessageSystemAttributes?.[carrier];
  if (trace) sent.MessageAttributes = { ...sent.MessageAttributes, [carrier]: trace };
}

/** Of an answer: after fauxqs has given it. */
export function showTrace(payload: unknown): unknown {
  if (typeof payload !== "string" || !payload.includes(carrier)) return payload;
  const answer = JSON.parse(payload) as Received;
  for (const message of answer.Messages ?? []) {
    const { [carrier]: trace, ...others } = message.MessageAttributes ?? {};
    if (trace?.StringValue === undefined) continue;
    message.Attributes = { ...message.Attributes, [carrier]: trace.StringValue };
    if (Object.keys(others).length > 0) message.MessageAttributes = others;
    else delete message.MessageAttributes;
    delete message.MD5OfMessageAttributes;
  }
  return JSON.stringify(answer);
}
