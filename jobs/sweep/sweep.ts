import type { Ports } from "../ports.ts";
import { admitFromQueue, checkSlots } from "./capacity-queue.ts";
import { markDeadLetters } from "./dead-letters.ts";
import { sweepDue } from "./due.ts";
import { stopOrphanTasks } from "./orphan-tasks.ts";
import { publishOutbox } from "./outbox.ts";

export interface SweepCounts {
  /** Jobs that were due, those of them that moved, and those that could not be looked at. */
  readonly due: number;
  readonly moved: number;
  readonly failed: number;
  readonly tasksStopped: number;
  /** Jobs due for much longer than a pass; undefined when the due index could not be read. */
  readonly overdue: number | undefined;
  /** Jobs admitted from the capacity queue. */
  readonly admitted: number;
  /** Messages in the dead-letter queue. */
  readonly deadLetters: number;
  /** Ends published that their writers could not publish. */
  readonly announced: number;
}

/**
 * Runs once a minute. It looks at every job whose dueAt has passed, every running task, the slots and the capacity
 * queue, the dead letters and the outbox, and brings what it finds to next() as evidence. A step that throws does not
 * keep the others from running: the next pass tries it again.
 */
export async function sweep(ports: Ports): Promise<SweepCounts> {
  const { settings, log } = ports;
  const began = ports.now();
  let broken = 0;
  const step = async <Result>(name: string, run: () => Promise<Result>): Promise<Result | undefined> => {
    try {
      return await run();
    } catch (error) {
      broken++;
      log.error(`sweep could not look at ${name}; the next pass will`, { error });
      return undefined;
    }
  };
  const held = settings.fargate ? await step("the slots", () => ports.slots.held()) : [];
  // One picture of all tasks for the whole pass: ECS allows 20 calls a second.
  const running = settings.fargate ? await step("the tasks", () => ports.tasks.running()) : [];
  const due = await step("the jobs that are due", () => sweepDue(running, ports));
  const tasksStopped = running && (await step("stray tasks", () => stopOrphanTasks(running, ports)));
  if (held && running) await step("slots without a task", () => checkSlots(held, running, ports));
  const admitted = settings.fargate ? await step("the line", () => admitFromQueue(ports, due?.queued)) : 0;
  const deadLetters = await step("the dead letters", () => markDeadLetters(ports));
  const ends = await step("the ends to announce", () => publishOutbox(ports, began));
  const counts: SweepCounts = {
    due: due?.due ?? 0,
    moved: due?.moved ?? 0,
    overdue: due?.overdue,
    failed: (due?.failed ?? 0) + (ends?.failed ?? 0) + broken,
    tasksStopped: tasksStopped ?? 0,
    admitted: admitted ?? 0,
    deadLetters: deadLetters ?? 0,
    announced: ends?.announced ?? 0,
  };
  if (Object.values(counts).some((count = 0) => count > 0)) log.info("swept", { ...counts });
  return counts;
}
