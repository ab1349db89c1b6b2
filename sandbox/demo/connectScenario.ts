import { setTimeout as pause } from 'node:timers/promises';
import { sample } from '../sampleWorld.ts';
import type { Api, View } from './api.ts';
import { duration, Progress } from './progress.ts';
import { problemLines, resultLines } from './report.ts';
import type { Stage } from './stage.ts';

/** How often the demo polls, in wall-clock milliseconds. */
const LOOK_EVERY_MS = 250;

export const sampleRequest = {
  projectId: sample.projectId,
  regionId: sample.regionId,
  subnetId: sample.subnetId,
};

/** One request, followed to its end, with the proof; returns whether it is connected. */
export async function connectScenario(stage: Stage): Promise<boolean> {
  const { api, print } = stage;
  print(`POST ${stage.baseUrl}/api/connections`);
  print(
    ...JSON.stringify(sampleRequest, null, 2)
      .split('\n')
      .map((line) => `  ${line}`),
    '',
  );
  const startedAt = stage.now();
  const id = await api.connect(sampleRequest);
  print(`202 Accepted: ${stage.baseUrl}/api/connections/${id}`, '');
  const view = await follow(stage, api, id);
  print('', `${view.status} after ${duration(stage.now() - startedAt)}`, '');
  if (view.result) print(...resultLines(view.result));
  if (view.problem) print(...problemLines(view.problem));
  return view.status === 'connected';
}

/** Shows a run until it has ended. */
export async function follow(stage: Stage, api: Api, id: string): Promise<View> {
  const progress = new Progress(process.stdout);
  for (;;) {
    const view = await api.connection(id);
    progress.show(view, stage.now());
    if (view.final) return view;
    await pause(LOOK_EVERY_MS);
  }
}
