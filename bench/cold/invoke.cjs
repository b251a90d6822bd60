// What Lambda does in a new environment: load the bundle, then hand it its first event. Prints one line of JSON.
// The file is CommonJS and loads nothing else, so that what it measures is the bundle alone.
const [bundle, event] = process.argv.slice(2);
const context = {
  functionName: "cold",
  awsRequestId: "cold",
  getRemainingTimeInMillis: () => 29_000,
};
const start = performance.now();
const { handler } = require(bundle);
const loadMs = performance.now() - start;
handler(JSON.parse(event), context).then((answer) => {
  const { user, system } = process.cpuUsage();
  const cpuMs = (user + system) / 1000;
  process.stdout.write(`${JSON.stringify({ loadMs, cpuMs, answer: answer ?? null })}\n`, () =>
    process.exit(),
  );
});
