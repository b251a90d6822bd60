import { expect, test } from "vitest";
import { adapters, preload } from "../../aws/adapters.ts";

test("each adapter is there, under the name of its port", async () => {
  const made = {
    objects: (await adapters.objects()).objectStore,
    uploads: (await adapters.uploads()).uploads,
    queue: (await adapters.queue()).jobQueue,
    deadLetters: (await adapters.deadLetters()).deadLetters,
    tasks: (await adapters.tasks()).fargateTasks,
    events: (await adapters.events()).jobEvents,
  };
  for (const make of Object.values(made)) expect(make).toBeTypeOf("function");
  expect(Object.keys(made)).toEqual(Object.keys(adapters));
  expect(() => preload("objects", "queue")).not.toThrow();
});
