/** The whole of `work`, SDK included, and the first 64×64 result: what a cold start has to do before it answers. */
import { random, run } from "@sluice/compute";

export { handler } from "../../functions/work.ts";

const a = random({ shape: [64, 64], seed: 1 });
const { result } = run("spectral-projection", { seed: 7, columns: 64 }, { a });
console.log(result?.data[0]);
