import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { openCertificateAuthority } from '../../sandbox/kernel/certificates.ts';
import type { CertificateAuthority } from '../../sandbox/kernel/certificates.ts';

let made: Promise<CertificateAuthority> | undefined;

/**
 * The authority that every TLS client of this process trusts, as a deployment would by NODE_EXTRA_CA_CERTS. There is one at
 * a time: authorities of one name get into each other's way.
 */
export function trustedAuthority(): Promise<CertificateAuthority> {
  made ??= makeTrusted();
  return made;
}

async function makeTrusted(): Promise<CertificateAuthority> {
  const authority = await openCertificateAuthority(mkdtempSync(join(tmpdir(), 'authority-')));
  setDefaultCACertificates([...getCACertificates('bundled'), authority.cert]);
  return authority;
}
