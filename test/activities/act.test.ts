import { act } from '../../src/activities/tearDownDns.ts';
import { stopped } from '../../src/activities/stopped.ts';

const decided = { action: 'delete', reason: 'it is ours' } as const;

describe('a removal that was decided', () => {
  it('ends as kept, with the reason, where the bounds were narrowed meanwhile', async () => {
    const refused = stopped('scope-not-allowed', 'outside the scopes of this app: /subscriptions/1');

    expect(await act(decided, () => Promise.reject(refused))).toEqual({
      outcome: 'kept',
      reason: 'outside the scopes of this app: /subscriptions/1',
    });
  });

  it('fails with any other refusal', async () => {
    const locked = stopped('azure-locked', 'the scope is locked');

    await expect(act(decided, () => Promise.reject(locked))).rejects.toThrow('the scope is locked');
  });
});
