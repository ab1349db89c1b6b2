import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Rig } from '../../sandbox/rig/rig.ts';
import type { RecordedRun } from './history.ts';

/** One folder for each version: what it has stored in the task hub and on private endpoints, one file for each run. */
const VERSIONS = 'test/fixtures/versions';

/** What a run of one version leaves for the code of a later one to read. */
export interface StoredByVersion {
  readonly workflow: string;
  /** The input of the start, and of each continue as new: the carried state. */
  readonly inputs: readonly unknown[];
  /** The largest custom status, and the last. */
  readonly statuses: readonly unknown[];
  /** The tags of each private endpoint. */
  readonly tags: readonly Readonly<Record<string, string>>[];
}

export function storedBy(rig: Rig, { workflow, instanceId, executions }: RecordedRun): StoredByVersion {
  const inputs = executions.flatMap((history) =>
    history.flatMap((event) => (event.EventType === 0 ? [JSON.parse(event.Input ?? 'null') as unknown] : [])),
  );
  const statuses = rig.journal.commits
    .flat()
    .flatMap((one) =>
      one.type === 'episode' && one.instanceId === instanceId ? (one.customStatusJson ?? []) : [],
    );
  const largest = statuses.toSorted((a, b) => b.length - a.length).slice(0, 1);
  const endpoints = Object.values(rig.sandbox.azure.control.snapshot().network.privateEndpoints);
  return {
    ...{ workflow, inputs },
    statuses: [...largest, ...statuses.slice(-1)].map((text) => JSON.parse(text) as unknown),
    tags: endpoints.map(({ tags }) => tags),
  };
}

export function writeVersion(version: string, name: string, stored: StoredByVersion): void {
  const folder = join(VERSIONS, version);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(stored)}\n`);
}

export function readVersions(): readonly (StoredByVersion & { readonly file: string })[] {
  return readdirSync(VERSIONS).flatMap((version) =>
    readdirSync(join(VERSIONS, version)).map((name) => ({
      file: `${version}/${name}`,
      ...(JSON.parse(readFileSync(join(VERSIONS, version, name), 'utf8')) as StoredByVersion),
    })),
  );
}
