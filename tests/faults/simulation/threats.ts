import type { Adversary } from "./adversary.ts";
import type { Clock } from "./clock.ts";
import type { StopWords, Task } from "./task.ts";

/** The two ways a task is stopped: at once, or with SIGTERM first. */
interface Stopper {
  kill(task: Task, how: StopWords): void;
  shutDown(task: Task, stopCode: string, stoppedReason: string): void;
}

/** What may befall the machine of a task while it runs. */
export function threaten(task: Task, cluster: Stopper, clock: Clock, adversary: Adversary): void {
  const { jobId, spot } = task.request;
  const soon = () => adversary.chance.spread(1_000, 200_000);
  const stillUp = () => task.container?.alive && !adversary.calm;
  const kill = (exitCode: number, stoppedReason: string) => () => {
    if (!stillUp()) return;
    adversary.note(stoppedReason === "" ? "task killed" : "task lost its memory", jobId);
    cluster.kill(task, { stopCode: "EssentialContainerExited", stoppedReason, exitCode });
  };
  if (adversary.likely("task killed")) clock.later(soon(), kill(137, ""));
  if (adversary.likely("task lost its memory")) {
    clock.later(soon(), kill(137, "OutOfMemoryError: container killed due to memory usage"));
  }
  const taken = (fault: "Spot reclaim" | "machine retired", stopCode: string) => () => {
    if (!stillUp()) return;
    adversary.note(fault, jobId);
    cluster.shutDown(
      task,
      stopCode,
      fault === "Spot reclaim" ? "Your Spot Task was interrupted." : "retirement",
    );
  };
  if (spot && adversary.likely("Spot reclaim")) {
    clock.later(soon(), taken("Spot reclaim", "SpotInterruption"));
  }
  if (adversary.likely("machine retired")) clock.later(soon(), taken("machine retired", "TerminationNotice"));
  if (adversary.likely("function or task cut off")) {
    clock.later(soon(), () => {
      if (!stillUp() || !task.container) return;
      adversary.note("function or task cut off", jobId, task.taskArn);
      task.container.cutUntil = clock.now + adversary.chance.spread(20_000, 400_000);
    });
  }
}
