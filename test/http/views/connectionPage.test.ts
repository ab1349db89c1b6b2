import { createHash } from 'node:crypto';
import { connectionPage } from '../../../src/http/views/connectionPage.ts';
import type { ConnectionView } from '../../../src/http/views/connectionView.ts';
import '../../support/functionsCore.ts';

const view: ConnectionView = {
  id: 'az-eastus-0123456789ab',
  status: 'running',
  final: false,
  workflow: 'connect',
  startedBy: 'function-key:01234567',
  createdAt: '2026-01-05T09:00:00.000Z',
  updatedAt: '2026-01-05T09:01:00.000Z',
  percent: 40,
  deadlineAt: null,
  request: null,
  phases: [
    {
      phase: 'await-allocation',
      guideStep: 'Obtain a private link',
      state: 'running',
      startedAt: '2026-01-05T09:00:30.000Z',
      endedAt: null,
      reason: 'Zilliz says <script>alert("x")</script> & waits',
      attempts: 3,
    },
  ],
  result: null,
  live: null,
  problem: null,
} as ConnectionView;

describe('the page of a connection', () => {
  it('shows what came from outside as text, never as markup', () => {
    const { body } = connectionPage(view);

    expect(body).not.toContain('<script>');
    expect(body).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; waits');
  });

  it('loads itself again while the run goes on, and not afterwards', () => {
    expect(connectionPage(view).body).toContain('http-equiv="refresh"');
    expect(connectionPage({ ...view, final: true }).body).not.toContain('http-equiv="refresh"');
  });

  it('allows its own style and nothing else: no script, no frame, no form, no request', () => {
    const { body, headers } = connectionPage(view);
    const [, style = ''] = /<style>([^]*?)<\/style>/.exec(body) ?? [];
    const digest = createHash('sha256').update(style).digest('base64');

    expect(headers['content-security-policy']?.split('; ')).toEqual([
      "default-src 'none'",
      `style-src 'sha256-${digest}'`,
      ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
    ]);
  });

  it('does not send its address, which may hold a function key, to other sites, and is read as a page only', () => {
    expect(connectionPage(view).headers).toMatchObject({
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
  });
});
