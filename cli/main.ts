import { text } from 'node:stream/consumers';
import { runCommandLine } from './run.ts';

const interrupt = new AbortController();
process.once('SIGINT', () => {
  interrupt.abort();
});
// A pipe that is closed, as by `head`, is no failure of the command.
process.stdout.on('error', () => undefined);

void runCommandLine(process.argv.slice(2), {
  environment: process.env,
  out: process.stdout,
  err: process.stderr,
  interrupted: interrupt.signal,
  readStdin: () => text(process.stdin),
}).then((exitCode) => {
  process.exitCode = exitCode;
});
