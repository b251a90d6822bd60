/**
 * Preloaded into every task: the IPC channel breaks when the stack is killed, and the task must not
 * outlive it. Unreferenced, so that a task which is done still ends by itself.
 */
process.once("disconnect", () => process.exit(1));
process.channel?.unref();
