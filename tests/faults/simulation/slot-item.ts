import type { HeldSlot, Launch, Missing, Slots } from "../../../jobs/ports.ts";
import type { Settings } from "../../../jobs/settings.ts";
import type { Clock } from "./clock.ts";
import type { Network } from "./network.ts";

export interface SlotEvents {
  readonly onTake: (launch: Launch) => void;
  readonly onRelease: (launch: Launch) => void;
}

/** The stage's slots: one DynamoDB item, every change one conditional write. */
export class SlotItem {
  readonly held = new Map<string, HeldSlot>();
  readonly slots: Slots;
  #lineKeptUntil = 0;

  constructor(clock: Clock, network: Network, { maxTasks, maxRunningVcpu }: Settings, events: SlotEvents) {
    const call = <Value>(name: string, jobId: string | undefined, effect: () => Value) =>
      network.call("DynamoDB", `slots.${name}`, jobId, effect);
    this.slots = {
      take: (launch, vcpu, waited) =>
        call("take", launch.jobId, () => {
          const mine = this.held.get(nameOf(launch));
          if (mine) {
            this.#mark(mine, undefined);
            return true;
          }
          if (!waited && clock.now < this.#lineKeptUntil) return false;
          const taken = [...this.held.values()].reduce((sum, slot) => sum + slot.vcpu, 0);
          if (this.held.size >= maxTasks || taken + vcpu > maxRunningVcpu) return false;
          this.held.set(nameOf(launch), { jobId: launch.jobId, dispatch: launch.dispatch, vcpu });
          events.onTake(launch);
          return true;
        }),
      release: (launch, missing) =>
        call("release", launch.jobId, () => {
          if (missing && this.held.get(nameOf(launch))?.missing?.seen !== missing.seen) return;
          if (this.held.delete(nameOf(launch))) events.onRelease(launch);
        }),
      held: () => call("held", undefined, () => [...this.held.values()]),
      markMissing: (launch, missing) =>
        call("markMissing", launch.jobId, () => {
          const slot = this.held.get(nameOf(launch));
          if (slot) this.#mark(slot, missing);
        }),
      reserveForQueue: (until) =>
        call("reserveForQueue", undefined, () => {
          this.#lineKeptUntil = Math.max(this.#lineKeptUntil, until);
        }),
    };
  }

  #mark(slot: HeldSlot, missing: Missing | undefined): void {
    const { missing: _, ...rest } = slot;
    this.held.set(nameOf(slot), missing ? { ...rest, missing } : rest);
  }
}

export function nameOf({ jobId, dispatch }: Launch): string {
  return `${jobId}-${dispatch}`;
}
