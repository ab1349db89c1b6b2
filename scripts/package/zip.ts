import { readFile, readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';

/** 1980-01-01, the earliest that the format can say. */
const DATE = (1 << 5) | 1;
const VERSION = 20;
const UTF8_NAMES = 0x0800;
const DEFLATED = 8;
/** Made on Unix, `-rw-r--r--`: without it some tools unpack files without read permission. */
const MADE_BY = (3 << 8) | VERSION;
const MODE = (0o100644 << 16) >>> 0;

/** A ZIP of every file below a folder whose bytes depend on names and contents only: sorted, one time, no owner. */
export async function zip(folder: string): Promise<Buffer> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const name of names) {
    const { local, central } = pack(name, await readFile(join(folder, name)), offset);
    locals.push(local);
    directory.push(central);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  return Buffer.concat([...locals, central, end(names.length, central.length, offset)]);
}

function pack(
  name: string,
  content: Buffer,
  offset: number,
): { readonly local: Buffer; readonly central: Buffer } {
  const path = Buffer.from(name, 'utf8');
  const data = deflateRawSync(content, { level: 9 });
  // What the local header and the directory say alike, from "version needed" to the length of the name.
  const facts = Buffer.alloc(24);
  facts.writeUInt16LE(VERSION, 0);
  facts.writeUInt16LE(UTF8_NAMES, 2);
  facts.writeUInt16LE(DEFLATED, 4);
  facts.writeUInt16LE(DATE, 8);
  facts.writeUInt32LE(crc32(content), 10);
  facts.writeUInt32LE(data.length, 14);
  facts.writeUInt32LE(content.length, 18);
  facts.writeUInt16LE(path.length, 22);
  const noExtraField = Buffer.alloc(2);
  const local = Buffer.concat([signature(0x04034b50), facts, noExtraField, path, data]);

  const madeBy = Buffer.alloc(2);
  madeBy.writeUInt16LE(MADE_BY);
  const rest = Buffer.alloc(16);
  rest.writeUInt32LE(MODE, 8);
  rest.writeUInt32LE(offset, 12);
  const central = Buffer.concat([signature(0x02014b50), madeBy, facts, rest, path]);
  return { local, central };
}

function end(count: number, size: number, offset: number): Buffer {
  const record = Buffer.alloc(18);
  record.writeUInt16LE(count, 4);
  record.writeUInt16LE(count, 6);
  record.writeUInt32LE(size, 8);
  record.writeUInt32LE(offset, 12);
  return Buffer.concat([signature(0x06054b50), record]);
}

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
