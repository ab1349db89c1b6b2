// Preloaded into the app's process: notes the most memory that it has held so far.
const { writeFileSync } = require('node:fs');

setInterval(() => {
  writeFileSync(`${process.env.BENCH_MEMORY_FILE}.${process.pid}`, String(process.resourceUsage().maxRSS));
}, 200).unref();
