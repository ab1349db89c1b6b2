import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCertificateAuthority } from '../../../sandbox/kernel/certificates.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'authority-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

describe('the certificate authority', () => {
  it('is the same at the next start', async () => {
    const { cert } = await openCertificateAuthority(directory);

    expect((await openCertificateAuthority(directory)).cert).toBe(cert);
  });

  it('is made anew when its process was killed while it wrote it', async () => {
    writeFileSync(join(directory, 'ca.pem'), '-----BEGIN CERTIF');
    writeFileSync(join(directory, 'ca.key.next'), '-----BEGIN');

    const authority = await openCertificateAuthority(directory);

    expect((await authority.issue(['localhost'])).cert).toContain('-----END CERTIFICATE-----');
    expect(existsSync(join(directory, 'ca.key'))).toBe(true);
  });
});
