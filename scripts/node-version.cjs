// Before anything else: on an older Node the rest dies of syntax. npm brings Node 24 on Linux.
const major = Number(process.versions.node.split(".")[0]);
if (major < 24) {
  console.error(
    `Sluice needs Node 24 or newer, this is ${process.version}: install it from nodejs.org, or use Linux x64/arm64, where npm ci brings it.`,
  );
  process.exit(1);
}
