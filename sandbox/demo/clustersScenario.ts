import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { duration } from '../../cli/io.ts';
import { writeAccessToken } from '../identity/accessToken.ts';
import type { RunningApp } from '../local/runningApp.ts';
import { sample } from '../sampleWorld.ts';
import { connectScenario } from './connectScenario.ts';

import type { Stage } from './stage.ts';

/** A day would be long to watch, also at sixty times the speed. */
export const clustersSettings = { RECORD_REMOVAL_DELAY_HOURS: '0.5', SWEEP_SCHEDULE: '0 */15 * * * *' };

const LOOK_EVERY_MS = 100;
const LONGEST_WAIT_MS = 90 * 60_000;

const aRecords = z.object({ aRecords: z.array(z.object({ ipv4Address: z.string() })) });

interface Record {
  readonly addresses: readonly string[];
  readonly goneSince: string | undefined;
}

/** Clusters come and go while a connection exists: by event, and by the sweep where the event was lost. */
export async function clustersScenario(stage: Stage, app: RunningApp): Promise<boolean> {
  if (!(await connectScenario(stage))) return false;
  return new ClusterStory(stage, app).tell();
}

class ClusterStory {
  readonly #stage: Stage;
  readonly #app: RunningApp;

  constructor(stage: Stage, app: RunningApp) {
    this.#stage = stage;
    this.#app = app;
  }

  async tell(): Promise<boolean> {
    const { print } = this.#stage;
    const { control } = this.#app.sandbox.zilliz;
    const { projectId, regionId } = sample;

    print('', 'A new cluster at Zilliz, and an event that says so:');
    const first = control.createClusterSlowly({ name: 'reports', projectId, regionId });
    await this.#publish(first, 'Created');
    const hasRecord = await this.#until(first, (record) => record !== undefined, 'has its record');

    print('', 'It is deleted again, and an event says so:');
    control.deleteCluster(first);
    await pause(LOOK_EVERY_MS);
    const deletedAt = this.#stage.now();
    await this.#publish(first, 'Deleted');
    const marked = await this.#until(first, (record) => record?.goneSince !== undefined, 'is marked as gone');
    const removed = await this.#until(first, (record) => record === undefined, 'lost its record', deletedAt);

    print('', 'Another new cluster, and its event is lost; the sweep comes every fifteen minutes:');
    const second = control.addCluster({ name: 'archive', projectId, regionId });
    const found = await this.#until(second, (record) => record !== undefined, 'has its record');
    return hasRecord && marked && removed && found;
  }

  async #publish(clusterId: string, what: 'Created' | 'Deleted'): Promise<void> {
    const { projectId, regionId } = sample;
    const exp = this.#stage.now() / 1000 + 3600;
    const identity = {
      aud: 'https://eventgrid.azure.net',
      exp,
      oid: 'pipeline',
      tid: 'tenant',
      appid: 'pipeline',
    };
    const event = {
      specversion: '1.0',
      id: `${what}-${clusterId}`,
      source: '/pipelines/clusters',
      type: `Zilliz.Cluster.${what}`,
      data: { projectId, regionId, clusterId },
    };
    const { status } = await fetch(this.#app.sandbox.eventGrid.publishUrl, {
      method: 'POST',
      headers: {
        'content-type': 'application/cloudevents+json',
        authorization: `Bearer ${writeAccessToken(identity)}`,
      },
      body: JSON.stringify(event),
    });
    this.#stage.print(`  ${event.type} ${clusterId}: Event Grid says ${status}`);
  }

  /** Watches the cluster's record until it is so; returns whether that was in time. */
  async #until(
    clusterId: string,
    isSo: (record: Record | undefined) => boolean,
    words: string,
    since = this.#stage.now(),
  ): Promise<boolean> {
    const { print } = this.#stage;
    const now = (): number => this.#stage.now();
    const startedAt = now();
    while (!isSo(this.#record(clusterId))) {
      if (now() - startedAt > LONGEST_WAIT_MS) {
        print(`  ✗ ${clusterId} after ${duration(now() - since)}: not yet`);
        return false;
      }
      await pause(LOOK_EVERY_MS);
    }
    const addresses = this.#record(clusterId)?.addresses.join(', ') ?? '';
    print(`  ✓ ${clusterId} ${words} after ${duration(now() - since)}${addresses && ` → ${addresses}`}`);
    return true;
  }

  #record(clusterId: string): Record | undefined {
    const { recordSets } = this.#app.sandbox.azure.control.snapshot().dns;
    const found = Object.values(recordSets).find(({ name }) => name === `${clusterId}-privatelink`);
    if (!found) return undefined;
    return {
      addresses: aRecords.parse(found.values).aRecords.map(({ ipv4Address }) => ipv4Address),
      goneSince: found.metadata?.['zpl-gone-since'],
    };
  }
}
