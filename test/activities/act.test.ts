import { act } from '../../src/activities/tearDown.ts';
import { fail } from '../../src/domain/failure/failure.ts';

const decided = { action: 'delete', reason: 'it is ours' } as const;

describe('a decided removal', () => {
  it('keeps the resource, with the reason, if the allowed scopes exclude it now', async () => {
    const refused = fail('scope-not-allowed', 'outside the scopes of this app: /subscriptions/1');

    expect(await act('1', decided, { remove: () => Promise.reject(refused) })).toEqual({
      ...{ id: '1', action: 'keep', state: 'ready' },
      reason: 'outside the scopes of this app: /subscriptions/1',
    });
  });

  it('fails with any other refusal', async () => {
    const locked = fail('azure-locked', 'the scope is locked');

    await expect(act('1', decided, { remove: () => Promise.reject(locked) })).rejects.toThrow(
      'the scope is locked',
    );
  });
});
