import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
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
  /** The result of the run: of a sync, the view of its connections that list and telemetry show. Null of a failed run. */
  readonly output: unknown;
  /** The tags of each private endpoint. */
  readonly tags: readonly Readonly<Record<string, string>>[];
  /** The tags of each zone and link. */
  readonly shared: readonly Readonly<Record<string, string>>[];
  /** The metadata of each A record set. */
  readonly records: readonly Readonly<Record<string, string>>[];
  /** The entries of owners: name, value and metadata. */
  readonly owners: readonly {
    readonly name: string;
    readonly values: readonly string[];
    readonly metadata: Readonly<Record<string, string>>;
  }[];
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
  const { network, dns } = rig.sandbox.azure.control.snapshot();
  const setsOf = (type: string) => Object.values(dns.recordSets).filter((set) => set.type === type);
  const instance = rig.host.instances().find((one) => one.instanceId === instanceId);
  return {
    ...{ workflow, inputs },
    statuses: [...largest, ...statuses.slice(-1)].map((text) => JSON.parse(text) as unknown),
    output: instance?.runtimeStatus === 'Completed' ? instance.output : null,
    tags: Object.values(network.privateEndpoints).map(({ tags }) => tags),
    shared: [...Object.values(dns.zones), ...Object.values(dns.links)].map(({ tags }) => tags),
    records: setsOf('A').map(({ metadata = {} }) => metadata),
    owners: setsOf('TXT').map(({ name, values, metadata = {} }) => ({
      name,
      metadata,
      values: textsIn(values),
    })),
  };
}

const textsSchema = z.object({ txtRecords: z.array(z.object({ value: z.array(z.string()) })) });

function textsIn(values: unknown): readonly string[] {
  return textsSchema.parse(values).txtRecords.map(({ value }) => value.join(''));
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
