import { createServer } from 'node:net';

const IN_A_ROW = 9;

/** The first of enough free ports in a row for a sandbox. */
export async function freePorts(): Promise<number> {
  for (;;) {
    const first = 20_000 + Math.floor(Math.random() * 20_000);
    const ports = Array.from({ length: IN_A_ROW }, (_, index) => first + index);
    if ((await Promise.all(ports.map(isFree))).every((free) => free)) return first;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen(port, '127.0.0.1', () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}
