import type { Kernels } from "@sluice/compute/engines/wasm/kernels/kernels";
import { expectTypeOf, test } from "vitest";

/** Checked by `tsc -b`, which runs before the tests: a `@ts-expect-error` without an error does not compile. */
test("a misspelt kernel and a wrong count of arguments do not compile", () => {
  const calls = ({ fft, gemm }: Kernels): void => {
    // @ts-expect-error: the kernel is called transform.
    fft.transfrom(0, 0, 0, 0);
    // @ts-expect-error: it takes four arguments.
    fft.transform(0, 0, 0);
    // @ts-expect-error: and an element count where a string is.
    gemm.packRight64(0, 0, 0, 0, "0");
  };
  expectTypeOf(calls).returns.toBeVoid();
  expectTypeOf<Parameters<Kernels["fft"]["transform"]>>().toEqualTypeOf<
    [x: number, y: number, plane: number, recipe: number]
  >();
});
