import http from "node:http";
import { json } from "node:stream/consumers";
import type { Message } from "@aws-sdk/client-sqs";

/**
 * The two calls by which Lambda empties a queue, as AWS's JSON protocol has them. Not the SDK: Lambda's pollers take no
 * CPU from a user's functions, and here they share the thread of the API, of whose time the SDK's own code for these
 * two calls took 3 %. The local SQS looks at no signature.
 */
export class QueueClient {
  readonly #endpoint: string;
  readonly #agent = new http.Agent({ keepAlive: true });

  constructor(endpoint: string) {
    this.#endpoint = endpoint;
  }

  /** Waits up to `seconds` for up to `most` messages. */
  async receive(QueueUrl: string, most: number, seconds: number, signal: AbortSignal): Promise<Message[]> {
    const body = {
      QueueUrl,
      MaxNumberOfMessages: most,
      WaitTimeSeconds: seconds,
      MessageSystemAttributeNames: ["All"],
      MessageAttributeNames: ["All"],
    };
    const { Messages = [] } = await this.#call<{ Messages?: Message[] }>("ReceiveMessage", body, signal);
    return Messages;
  }

  async remove(QueueUrl: string, messages: readonly Message[]): Promise<void> {
    const Entries = messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await this.#call("DeleteMessageBatch", { QueueUrl, Entries });
  }

  close(): void {
    this.#agent.destroy();
  }

  /** @throws Error with what SQS answered */
  async #call<Answer>(action: string, body: object, signal?: AbortSignal): Promise<Answer> {
    const response = await this.#post(action, JSON.stringify(body), signal);
    const answer = (await json(response)) as Answer;
    if (response.statusCode !== 200) throw new Error(`${action}: ${JSON.stringify(answer)}`);
    return answer;
  }

  #post(action: string, body: string, signal?: AbortSignal): Promise<http.IncomingMessage> {
    return new Promise((resolve, reject) => {
      const headers = {
        "content-type": "application/x-amz-json-1.0",
        "content-length": Buffer.byteLength(body),
        "x-amz-target": `AmazonSQS.${action}`,
      };
      const options = { method: "POST", agent: this.#agent, headers, ...(signal ? { signal } : {}) };
      const request = http.request(this.#endpoint, options, resolve);
      request.once("error", (error: NodeJS.ErrnoException) => {
        // The server may close a connection in the moment in which it is used again.
        const again = request.reusedSocket && error.code === "ECONNRESET" && !signal?.aborted;
        if (again) this.#post(action, body, signal).then(resolve, reject);
        else reject(error);
      });
      request.end(body);
    });
  }
}
