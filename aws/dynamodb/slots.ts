import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { GetCommand, PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { HeldSlot, Launch, Missing, Slots } from "../../jobs/ports.ts";
import { launchName, launchOf } from "../../jobs/run/launch-name.ts";
import { dynamo } from "./client.ts";

interface SlotsConfig {
  readonly tableName: string;
  readonly maxTasks: number;
  readonly maxRunningVcpu: number;
}

/** What lies under a launch's name in the item's map. */
type Entry = Pick<HeldSlot, "vcpu" | "missing">;

interface SlotsItem {
  readonly vcpu?: number;
  readonly held?: Record<string, Entry>;
}

/** One conditional update, in DynamoDB's own grammar. */
interface Write {
  readonly update: string;
  readonly condition: string;
  readonly names: Record<string, string>;
  readonly values?: Record<string, unknown>;
}

const Key = { pk: "slots#fargate" };

/**
 * The stage's caps as one item: `vcpu` is the sum over the map `held`, so a single conditional update both
 * looks and takes. It has no ttl: slots end by release, and sweep releases those whose task is gone.
 * An entry is about 80 bytes, so the 2,000 that config.ts allows stay under half of DynamoDB's 400 KB.
 * Every write is billed by the whole item, 1 KB per unit: the default 20 entries are two.
 */
export function taskSlots({ tableName, maxTasks, maxRunningVcpu }: SlotsConfig, now: () => number): Slots {
  const TableName = tableName;
  /** The item was seen: it is never deleted. */
  let isThere = false;

  /** The item, with only `launch` of its map when one is named. */
  async function read(launch?: Launch): Promise<SlotsItem | undefined> {
    const projection = launch && {
      ProjectionExpression: "pk, #held.#launch",
      ExpressionAttributeNames: entryNames(launch),
    };
    const { Item } = await dynamo().send(
      new GetCommand({ TableName, Key, ConsistentRead: true, ...projection }),
    );
    return Item as SlotsItem | undefined;
  }

  /** False when the condition does not hold. */
  async function write({ update, condition, names, values }: Write): Promise<boolean> {
    return holds(
      dynamo().send(
        new UpdateCommand({
          TableName,
          Key,
          UpdateExpression: update,
          ConditionExpression: condition,
          ExpressionAttributeNames: names,
          ExpressionAttributeValues: values,
        }),
      ),
    );
  }

  /** The stage's first launch finds no item, and a nested path can only be set in a map that is there. */
  async function create(): Promise<void> {
    await holds(
      dynamo().send(
        new PutCommand({
          TableName,
          Item: { ...Key, vcpu: 0, held: {} },
          ConditionExpression: "attribute_not_exists(pk)",
        }),
      ),
    );
  }

  async function markMissing(launch: Launch, missing: Missing | undefined): Promise<void> {
    // A slot that is released meanwhile must not come back as half an entry.
    await write({
      update: missing ? "SET #held.#launch.#missing = :missing" : "REMOVE #held.#launch.#missing",
      condition: "attribute_exists(#held.#launch)",
      names: { ...entryNames(launch), "#missing": "missing" },
      ...(missing ? { values: { ":missing": missing } } : {}),
    });
  }

  /** There already: taken before, or by this very write, whose reply was lost and which the SDK repeated. */
  async function foundTaken(launch: Launch, { missing }: Entry): Promise<true> {
    // Called up from the line, and its message came late: from now on it is a launch like others.
    if (missing) await markMissing(launch, undefined);
    return true;
  }

  return {
    async take(launch, vcpu, waited) {
      const room = "size(#held) < :maxTasks AND #vcpu <= :room AND attribute_not_exists(#held.#launch)";
      const noLine = " AND (attribute_not_exists(#lineUntil) OR #lineUntil <= :now)";
      const taking = {
        update: "SET #held.#launch = :entry, #vcpu = #vcpu + :vcpu",
        condition: waited ? room : room + noLine,
        names: { ...entryNames(launch), "#vcpu": "vcpu", ...(waited ? {} : { "#lineUntil": "lineUntil" }) },
        values: {
          ":entry": { vcpu },
          ":vcpu": vcpu,
          ":maxTasks": maxTasks,
          ":room": maxRunningVcpu - vcpu,
          ...(waited ? {} : { ":now": now() }),
        },
      };
      const wasThere = isThere;
      const taken = await write(taking);
      const item = taken ? undefined : await read(launch);
      isThere ||= taken || item !== undefined;
      if (taken) return true;
      const entry = entryOf(item, launch);
      if (entry) return foundTaken(launch, entry);
      // The item may have come into being between the two calls: only with it there is a refusal one.
      if (item && wasThere) return false;
      if (!item) await create();
      return (await write(taking)) || entryOf(await read(launch), launch) !== undefined;
    },

    async release(launch, missing) {
      const entry = entryOf(await read(launch), launch);
      if (!entry) return;
      const still = missing && {
        condition: " AND #held.#launch.#missing.#seen = :seen",
        names: { "#missing": "missing", "#seen": "seen" },
        values: { ":seen": missing.seen },
      };
      // A condition that fails: released by another since, or by this write, whose reply was lost.
      await write({
        update: "SET #vcpu = #vcpu - :vcpu REMOVE #held.#launch",
        condition: `#held.#launch.#vcpu = :vcpu${still?.condition ?? ""}`,
        names: { ...entryNames(launch), "#vcpu": "vcpu", ...still?.names },
        values: { ":vcpu": entry.vcpu, ...still?.values },
      });
    },

    async held() {
      const { held = {} } = (await read()) ?? {};
      return Object.entries(held).flatMap(([name, entry]) => {
        const launch = launchOf(name);
        return launch ? [{ ...launch, ...entry }] : [];
      });
    },

    markMissing,

    async reserveForQueue(until) {
      const longer = {
        update: "SET #lineUntil = :until",
        condition: "attribute_exists(pk) AND (attribute_not_exists(#lineUntil) OR #lineUntil < :until)",
        names: { "#lineUntil": "lineUntil" },
        values: { ":until": until },
      };
      if ((await write(longer)) || (await read())) return;
      await create();
      await write(longer);
    },
  };
}

async function holds(conditional: Promise<unknown>): Promise<boolean> {
  try {
    await conditional;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

function entryNames(launch: Launch): Record<string, string> {
  return { "#held": "held", "#launch": launchName(launch) };
}

function entryOf(item: SlotsItem | undefined, launch: Launch): Entry | undefined {
  return item?.held?.[launchName(launch)];
}
