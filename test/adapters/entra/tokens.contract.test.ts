import { entraTokens } from '../../../src/adapters/entra/tokens.ts';
import { failureOf } from '../failureOf.ts';
import { json, startHostileServer } from '../hostileServer.ts';
import type { HostileServer } from '../hostileServer.ts';
import { plausibleToken } from '../tokens.ts';

let server: HostileServer;
beforeAll(async () => {
  server = await startHostileServer();
});
afterAll(() => server.stop());
afterEach(() => jest.restoreAllMocks());

const tokens = () =>
  entraTokens({ ...plausibleToken.settings, authority: server.origin, requestTimeoutMs: 5000 });

describe('a token', () => {
  it('is of the caller that it names, by one request for the keys', async () => {
    server.answer(json(await plausibleToken.keys()));
    const own = tokens();
    const token = await plausibleToken.signed(server.origin);

    await expect(own.callerOf(token)).resolves.toEqual({ objectId: 'someone', roles: ['Connections.Read'] });
    await own.callerOf(token);

    expect(server.asked).toHaveLength(1);
  });

  it.each([
    ['no token', 'hello'],
    ['three empty parts', '..'],
    ['another algorithm', plausibleToken.of({}, { alg: 'HS256' })],
    ['no algorithm', plausibleToken.of({}, { alg: 'none' })],
    ['no key', plausibleToken.of({}, { kid: undefined })],
    ['another issuer', plausibleToken.of({ iss: 'https://elsewhere' })],
    ['another audience', plausibleToken.of({ aud: 'api://other' })],
    ['no end', plausibleToken.of({ exp: undefined })],
    ['an end that is over', plausibleToken.of({ exp: 1 })],
  ])('that can never be valid causes no request: %s', async (_, token) => {
    server.answer(json({}, 503));

    await expect(tokens().callerOf(token)).resolves.toBeNull();
    expect(server.asked).toEqual([]);
  });
});

describe('while Entra ID is down', () => {
  it('many tokens cause one request, and another one only after a pause', async () => {
    server.answer(json({}, 503));
    const own = tokens();
    const now = jest.spyOn(Date, 'now');

    for (let index = 0; index < 20; index++) {
      const failure = await failureOf(own.callerOf(plausibleToken.of({}, { kid: `k${index}` })));
      expect(failure).toMatchObject({ kind: 'transient', code: 'entra-unavailable' });
    }
    expect(server.asked).toHaveLength(1);

    now.mockReturnValue(Date.now() + 11_000);
    server.answer(json(await plausibleToken.keys()));
    await expect(own.callerOf(await plausibleToken.signed(server.origin))).resolves.not.toBeNull();
    expect(server.asked).toHaveLength(1);
  });
});
