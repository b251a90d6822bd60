import type { Clock } from "../../faults/simulation/clock.ts";

/** A port of the simulation for a test outside of it: every call runs the virtual clock until it has its answer. */
export function onClock<Port extends object>(clock: Clock, port: Port): Port {
  return new Proxy(port, {
    get(target, method) {
      const action: unknown = Reflect.get(target, method);
      if (typeof action !== "function") return action;
      return async (...parameters: unknown[]) => {
        const answer: Promise<unknown> = action.apply(target, parameters);
        let settled = false;
        const settle = () => {
          settled = true;
        };
        answer.then(settle, settle);
        await clock.run(() => settled);
        return answer;
      };
    },
  });
}
