import { differences, EXCUSED, EXCUSES } from './armComparison.ts';
import { conversation, conversationNames } from './armRecordings.ts';
import type { Conversation } from './armRecordings.ts';
import { replay } from './armReplay.ts';
import type { ReplayedExchange } from './armReplay.ts';
import { countExcuses, report } from './tally.ts';

// Conversations of the Azure CLI with Azure, held again with the Azure simulator: it must say the same.

let agree = 0;
const conversations = conversationNames.map(conversation);
const total = conversations.reduce((sum, { exchanges }) => sum + exchanges.length, 0);

afterAll(() => {
  report({ subject: 'arm', agree, of: total, excused: countExcuses(EXCUSES, Object.values(EXCUSED)) });
});

describe.each(conversations)('the recorded conversation $name', ({ name, exchanges }: Conversation) => {
  let replayed: readonly ReplayedExchange[];
  beforeAll(async () => {
    replayed = await replay({ name, exchanges });
  });

  it.each(exchanges.map(({ seq, request }, index) => [seq, request.method, index] as const))(
    'goes the same way with the simulator at %i (%s)',
    (seq, _, index) => {
      const exchange = replayed[index]!;
      const excused = EXCUSED[`${name} ${seq}`];
      expect(differences(exchange, excused ?? [])).toEqual([]);
      if (excused) {
        // An excuse that nothing needs any more must go.
        expect(differences(exchange, [])).not.toEqual([]);
      }
      agree += 1;
    },
  );
});

describe('the comparison', () => {
  const spoilt = conversation('record-set-precondition');
  const fault = (change: { status: number; body: unknown }) =>
    replay(spoilt, (bed) => {
      bed.faults.order({ call: 'recordSets.put', after: 2, fault: { kind: 'status', ...change } });
    });
  const found = async (change: { status: number; body: unknown }) =>
    differences((await fault(change)).at(-1)!, []);
  const recorded = spoilt.exchanges.at(-1)!.response;

  it('notices a wrong status', async () => {
    const answer = { status: 409, body: recorded.body };
    expect(await found(answer)).toContainEqual('status 409 instead of 412');
  });

  it('notices an error in the wrong envelope', async () => {
    const answer = { status: 412, body: { error: recorded.body } };
    expect(await found(answer)).toContainEqual(expect.stringMatching(/^body \{"error":/));
  });

  it('notices a polling URL without its signature', async () => {
    const [, exchange] = await replay(conversation('zone-create'));
    expect(differences(exchange!, [])).toContainEqual(expect.stringMatching(/^header azure-asyncoperation/));
  });

  it('notices a header that is missing', async () => {
    const [exchange] = await replay(conversation('zone-missing'));
    const { status, body } = exchange!.answered;
    const bare = { ...exchange!, answered: { status, body, headers: {} } };
    expect(differences(bare, [])).toContainEqual('header x-ms-failure-cause: none instead of gateway');
  });
});
