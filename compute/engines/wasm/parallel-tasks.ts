import type { ParallelTask } from "../threads.ts";
import { absoluteTask } from "./absolute.ts";
import { timesLineTask } from "./fft/bluestein.ts";
import { fftLinesTask } from "./fft/direct.ts";
import { hermitianPairsTask } from "./fft/pairs.ts";
import { fftMatricesTask } from "./fft/two-pass.ts";
import { foldTask, unfoldTask } from "./fold.ts";
import { largestTask } from "./largest.ts";
import { rotateTask } from "./linear-algebra/spectral-kit.ts";
import { updateTask } from "./linear-algebra/update.ts";
import { matmulTask } from "./matmul.ts";
import { randomTask } from "./random.ts";
import { scaleTask } from "./scale.ts";

// biome-ignore lint/suspicious/noExplicitAny: a task knows its own arguments; a caller that finds it by name sends arguments of that kind.
type AnyTask = ParallelTask<any>;

const tasks: readonly AnyTask[] = [
  matmulTask,
  updateTask,
  rotateTask,
  foldTask,
  unfoldTask,
  largestTask,
  fftLinesTask,
  fftMatricesTask,
  hermitianPairsTask,
  timesLineTask,
  absoluteTask,
  scaleTask,
  randomTask,
];

/** The task of this name: functions cannot be sent to a thread, names can. */
export function taskNamed(name: string): AnyTask {
  const found = tasks.find((task) => task.name === name);
  if (!found) throw new Error(`no parallel task is called ${name}`);
  return found;
}
