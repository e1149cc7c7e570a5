/** Loaded before a server that is watched: when its parent asks, it says what the process holds, garbage apart. */
process.on('message', () => {
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  process.send!({ rss, heapUsed, external, resources: process.getActiveResourcesInfo() });
});
// Who listens here does not keep the server alive.
process.channel?.unref();
