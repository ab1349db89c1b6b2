/** Blocks reserved for documentation and benchmarks: no real host has such an address. */
const FIRST_BLOCK = [203, 0, 113] as const;
const HOSTS_PER_BLOCK = 254;
const MOST_BLOCKS = 256;

/** Made-up public addresses, one per host name, in the order in which the names are asked for. */
export class PublicAddresses {
  readonly #hosts: string[] = [];

  addressOf(host: string): string {
    const name = host.toLowerCase();
    const known = this.#hosts.indexOf(name);
    return addressAt(known >= 0 ? known : this.#hosts.push(name) - 1);
  }

  hostAt(address: string): string | undefined {
    return this.#hosts.find((_host, index) => addressAt(index) === address);
  }
}

function addressAt(index: number): string {
  const [block, host] = [Math.floor(index / HOSTS_PER_BLOCK), (index % HOSTS_PER_BLOCK) + 1];
  if (block === 0) return [...FIRST_BLOCK, host].join('.');
  if (block > MOST_BLOCKS) throw new Error('There are no made-up public addresses left.');
  return ['198', '18', block - 1, host].join('.');
}
