import { spawnSync } from 'node:child_process';

/** Runs the Azure CLI. On Windows `az` is a command file, which only a shell can start. */
export function az(args, options) {
  return spawnSync('az', args, { shell: process.platform === 'win32', ...options });
}
