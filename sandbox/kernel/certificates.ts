// The X.509 library's dependency injection needs this loaded before it.
import 'reflect-metadata';
import { randomUUID, webcrypto } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  X509CertificateGenerator,
  X509Certificate,
  BasicConstraintsExtension,
  KeyUsagesExtension,
} from '@peculiar/x509';
import { KeyUsageFlags, SubjectAlternativeNameExtension, PemConverter } from '@peculiar/x509';

/** PEM texts of a server's key and certificate, as `node:tls` takes them. */
export interface ServerCertificate {
  readonly key: string;
  readonly cert: string;
}

/** A certificate authority of the sandbox's own. Clients trust it through `NODE_EXTRA_CA_CERTS`. */
export interface CertificateAuthority {
  /** PEM text of the authority's certificate. */
  readonly cert: string;
  /** The file that holds it, for `NODE_EXTRA_CA_CERTS`. */
  readonly certPath: string;
  /** Issues a certificate for DNS names and IP addresses. */
  issue(hosts: readonly string[]): Promise<ServerCertificate>;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
/** The certificates of this process, by authority and hosts: tests start hundreds of sandboxes. */
const issued = new Map<string, Promise<ServerCertificate>>();
const YEAR_MS = 365 * 24 * 3600 * 1000;

/** Opens the authority kept in `directory`, or makes one there. */
export async function openCertificateAuthority(directory: string): Promise<CertificateAuthority> {
  const certPath = join(directory, 'ca.pem');
  const keyPath = join(directory, 'ca.key');
  if (!existsSync(keyPath)) {
    mkdirSync(directory, { recursive: true });
    const made = await makeAuthority();
    writeFileSync(certPath, made.cert);
    // The key comes last and as a whole, because it says that both are there: a process may be killed in between.
    writeFileSync(`${keyPath}.next`, made.key, { mode: 0o600 });
    renameSync(`${keyPath}.next`, keyPath);
  }
  const cert = readFileSync(certPath, 'utf8');
  const keys = await importKeys(readFileSync(keyPath, 'utf8'));
  const authority = new X509Certificate(cert);

  return {
    cert,
    certPath,
    issue(hosts) {
      const key = `${cert} ${hosts.join(' ')}`;
      const known = issued.get(key) ?? issueNew(hosts);
      issued.set(key, known);
      return known;
    },
  };

  async function issueNew(hosts: readonly string[]): Promise<ServerCertificate> {
    const own = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
    const leaf = await X509CertificateGenerator.create({
      subject: `CN=${hosts[0] ?? 'localhost'}`.slice(0, 64),
      issuer: authority.subject,
      ...validity(),
      publicKey: own.publicKey,
      signingKey: keys,
      signingAlgorithm: algorithm,
      extensions: [
        new SubjectAlternativeNameExtension(
          hosts.map((host) => ({ type: /^[\d.]+$|:/.test(host) ? 'ip' : 'dns', value: host })),
        ),
      ],
    });
    return { key: await exportKey(own.privateKey), cert: leaf.toString('pem') };
  }
}

async function makeAuthority(): Promise<{ key: string; cert: string }> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const cert = await X509CertificateGenerator.createSelfSigned({
    // A name of its own: of two trusted authorities of one name, a client asks only the first.
    name: `CN=Sandbox certificate authority ${randomUUID().slice(0, 8)}`,
    ...validity(),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  });
  return { key: await exportKey(keys.privateKey), cert: cert.toString('pem') };
}

/** From yesterday, so that a machine whose clock lags trusts it; the sandbox's own fast time plays no part in TLS. */
function validity(): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - YEAR_MS / 365), notAfter: new Date(now + 5 * YEAR_MS) };
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  return PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

async function importKeys(pem: string): Promise<webcrypto.CryptoKey> {
  return webcrypto.subtle.importKey('pkcs8', PemConverter.decodeFirst(pem), algorithm, true, ['sign']);
}
