import { createSocket } from 'node:dgram';
import type { Socket as DatagramSocket } from 'node:dgram';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { decode, encode, RECURSION_AVAILABLE, RECURSION_DESIRED } from 'dns-packet';
import type { Answer, DecodedPacket, Question } from 'dns-packet';
import { lookUp } from './viewpoint.ts';
import type { Viewpoint } from './viewpoint.ts';

const NXDOMAIN = 3;
/** UDP and TCP must share a number; the one that the system gives for UDP may be taken for TCP. */
const PORT_ATTEMPTS = 20;

export interface DnsServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Resolves names as Azure's resolver does inside the virtual network, over UDP and TCP on one port of 127.0.0.1. */
export async function startDnsServer(viewpoint: Viewpoint, port = 0): Promise<DnsServer> {
  const { udp, tcp } = await listenOnBoth(port);
  const connections = new Set<Socket>();
  udp.on('message', (message, { port: senderPort, address }) => {
    const answer = answerTo(viewpoint, message);
    if (answer) udp.send(answer, senderPort, address);
  });
  tcp.on('connection', (socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
    socket.on('error', () => socket.destroy());
    readFrames(socket, (frame) => {
      const answer = answerTo(viewpoint, frame);
      if (answer) socket.write(Buffer.concat([lengthOf(answer), answer]));
    });
  });
  return {
    port: udp.address().port,
    async stop() {
      for (const socket of connections) socket.destroy();
      await Promise.all([
        new Promise<void>((resolve) => udp.close(resolve)),
        new Promise<void>((resolve) => tcp.close(() => resolve())),
      ]);
    },
  };
}

/** The answer to one message; undefined when it is no query. */
function answerTo(viewpoint: Viewpoint, message: Buffer): Buffer | undefined {
  const query = parse(message);
  const question = query?.questions?.[0];
  if (query?.type !== 'query' || !question) return undefined;
  const found = lookUp(viewpoint, question.name);
  const flags = RECURSION_DESIRED | RECURSION_AVAILABLE | (found === 'nxdomain' ? NXDOMAIN : 0);
  return encode({
    type: 'response',
    ...(query.id !== undefined && { id: query.id }),
    flags,
    questions: [question],
    answers: found === 'nxdomain' ? [] : answersTo(question, found.addresses, found.ttl),
  });
}

/** Names have IPv4 addresses only: the answer to any other type is empty. */
function answersTo({ type, name }: Question, addresses: readonly string[], ttl: number): Answer[] {
  return type === 'A' ? addresses.map((data) => ({ type, name, ttl, data })) : [];
}

function parse(message: Buffer): DecodedPacket | undefined {
  try {
    return decode(message);
  } catch {
    return undefined;
  }
}

/** Over TCP each message follows its length in two bytes. */
function readFrames(socket: Socket, take: (frame: Buffer) => void): void {
  let pending = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
      const end = 2 + pending.readUInt16BE(0);
      take(pending.subarray(2, end));
      pending = pending.subarray(end);
    }
  });
}

function lengthOf(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return length;
}

async function listenOnBoth(port: number): Promise<{ udp: DatagramSocket; tcp: Server }> {
  for (let attempt = 1; ; attempt++) {
    const udp = createSocket('udp4');
    const tcp = createServer();
    try {
      await bound(udp, (done) => udp.bind(port, '127.0.0.1', done));
      await bound(tcp, (done) => tcp.listen(udp.address().port, '127.0.0.1', done));
      return { udp, tcp };
    } catch (error) {
      udp.close();
      if (port !== 0 || attempt === PORT_ATTEMPTS) throw error;
    }
  }
}

function bound(server: DatagramSocket | Server, listen: (done: () => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    listen(() => {
      server.off('error', reject);
      resolve();
    });
  });
}
