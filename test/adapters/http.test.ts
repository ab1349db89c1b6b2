import { collectPages, lastingFault, MOST_ENTRIES, MOST_PAGES } from '../../src/adapters/http.ts';
import type { Page } from '../../src/adapters/http.ts';

async function* pages(count: number, entries: number): AsyncGenerator<Page<number>> {
  for (let page = 1; page <= count; page++) {
    await Promise.resolve();
    const continuationToken = page === count ? undefined : `page ${page + 1}`;
    yield Object.assign(
      Array.from({ length: entries }, () => page),
      { continuationToken },
    );
  }
}

describe('a list in pages', () => {
  it('is whole up to the limit of pages', async () => {
    await expect(collectPages(pages(MOST_PAGES, 1))).resolves.toHaveLength(MOST_PAGES);
  });

  it.each([
    ['pages', pages(MOST_PAGES + 1, 1), `more than ${MOST_PAGES} pages`],
    ['entries', pages(2, MOST_ENTRIES), `more than ${MOST_ENTRIES} entries`],
  ])('with too many %s is unreadable', async (_, list, reason) => {
    await expect(collectPages(list)).rejects.toThrow(reason);
  });
});

describe('a fault on the way to a service', () => {
  it.each([
    ['CERT_HAS_EXPIRED', 'certificate-untrusted'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'certificate-untrusted'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'certificate-untrusted'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'certificate-untrusted'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'certificate-untrusted'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate-untrusted'],
    ['ENOTFOUND', 'host-not-found'],
    ['EAI_AGAIN', undefined],
    ['ECONNRESET', undefined],
    ['ETIMEDOUT', undefined],
  ])('lasts, or passes by itself: %s', (code, expected) => {
    const cause = Object.assign(new Error(`why of ${code}`), { code });

    expect(lastingFault(new TypeError('fetch failed', { cause }))?.code).toBe(expected);
    expect(lastingFault(cause)?.code).toBe(expected);
  });
});
