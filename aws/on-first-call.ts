type Methods<Port> = { readonly [Name in keyof Port]: (...args: never[]) => Promise<unknown> };

/**
 * A port whose adapter is made by the first call to it. Loading a client of the SDK is a cold start's largest part, and
 * most functions call one or two services of five.
 */
export function onFirstCall<Port extends Methods<Port>>(make: () => Promise<Port>): Port {
  let made: Promise<Port> | undefined;
  const call =
    (name: keyof Port) =>
    async (...args: never[]) => {
      made ??= make();
      return (await made)[name](...args);
    };
  return new Proxy({} as Port, { get: (_port, name) => call(name as keyof Port) });
}
