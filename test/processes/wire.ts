import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A wire between processes and their database that can be cut and mended. */
export class Wire {
  private server?: Server;
  private readonly open = new Set<Socket>();
  private readonly held: Socket[] = [];
  private frozen = false;

  private constructor(
    private readonly to: { host: string; port: number },
    private port = 0,
  ) {}

  static async between(host: string, port: number): Promise<Wire> {
    const wire = new Wire({ host, port });
    await wire.mend();
    return wire;
  }

  get end(): { host: string; port: number } {
    return { host: '127.0.0.1', port: this.port };
  }

  /** As when the server stops: connections break, and no new one is taken. */
  cut(): void {
    this.server?.close();
    for (const socket of [...this.open, ...this.held]) socket.destroy();
  }

  /** As when the server has started again, at the same place. */
  async mend(): Promise<void> {
    this.server = createServer((socket) => this.join(socket)).listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  /** As when the server hangs: connections stand, new ones are taken, and nothing is answered. */
  freeze(): void {
    this.frozen = true;
    for (const socket of this.open) socket.pause();
  }

  /** As when it goes on with what it was sent. */
  thaw(): void {
    this.frozen = false;
    for (const socket of this.open) socket.resume();
  }

  private join(socket: Socket): void {
    if (this.frozen) {
      this.held.push(socket.on('error', () => undefined));
      return;
    }
    const onward = connect({ ...this.to, noDelay: true });
    for (const [one, other] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      this.open.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.open.delete(one);
        other.destroy();
      });
    }
  }
}
