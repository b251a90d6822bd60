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
  /** Jobs due for much longer than a pass; undefined when it could not be told what is due. */
  readonly overdue: number | undefined;
  /** Jobs called up from the line for a task. */
  readonly admitted: number;
  /** Messages in the dead-letter queue. */
  readonly deadLetters: number;
  /** Ends announced for whoever wrote them. */
  readonly announced: number;
}

/**
 * The janitor, once a minute: looks at every job whose dueAt has passed, at every running task, at the
 * slots and the line for them, at the dead letters, and at ends that nobody was told of. What it finds is evidence for next(). No part keeps
 * another from its turn: what could not be looked at is looked at by the next pass.
 */
export async function sweep(ports: Ports): Promise<SweepCounts> {
  const { settings, log } = ports;
  let broken = 0;
  const part = async <Result>(name: string, run: () => Promise<Result>): Promise<Result | undefined> => {
    try {
      return await run();
    } catch (error) {
      broken++;
      log.error(`sweep could not look at ${name}; the next pass will`, { error });
      return undefined;
    }
  };
  const held = settings.fargate ? await part("the slots", () => ports.slots.held()) : [];
  // One picture of all tasks for the whole pass: ECS allows 20 calls a second.
  const running = settings.fargate ? await part("the tasks", () => ports.tasks.running()) : [];
  const due = await part("the jobs that are due", () => sweepDue(running, ports));
  const tasksStopped = running && (await part("stray tasks", () => stopOrphanTasks(running, ports)));
  if (held && running) await part("slots without a task", () => checkSlots(held, running, ports));
  const admitted = settings.fargate ? await part("the line", () => admitFromQueue(ports)) : 0;
  const deadLetters = await part("the dead letters", () => markDeadLetters(ports));
  const ends = await part("the ends to announce", () => publishOutbox(ports));
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
