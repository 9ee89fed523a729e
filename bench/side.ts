import { makeDatabase, type OwnDatabase } from './database.js';
import { Connections } from './load/connections.js';
import { inParallel } from './load/in-parallel.js';
import { firstVisit, type LoginScenario, type Visit, type Visitor, visitOf } from './load/visits.js';
import { people, type Person } from './people.js';
import type { AdapterKind, DatabaseKind } from './selection.js';
import { ServerProcess } from './server-process.js';
import type { Competitor } from './servers/bench-server.js';
import { codeAt } from './totp.js';

const PEOPLE = 2000;
export const CONNECTIONS = 8;

/** Seconds between two logins of one person: a new code each, or no cooldown of messages and a usual number of them a day. */
const APART: Record<LoginScenario, number> = { code: 60, 'two-call': 60, prompt: 12 * 3600 };

/** A kind of login on a kind of application. */
export interface Cell {
  database: DatabaseKind;
  adapter: AdapterKind;
  scenario: LoginScenario;
}

/** What was counted in one round. */
export interface Round {
  logins: number;
  seconds: number;
  /** Milliseconds of CPU of the server's process, and of the database's. */
  nodeCpu: number;
  databaseCpu: number;
}

/** One of the two competitors of a cell: its server, its database, and the people who sign in there. */
export class Side {
  private readonly visit: Visit;
  private readonly crowd: Person[] = people(PEOPLE);
  private secrets: string[] = [];
  private next = 0;

  private constructor(
    readonly competitor: Competitor,
    private readonly scenario: LoginScenario,
    private readonly database: OwnDatabase,
    readonly server: ServerProcess,
  ) {
    this.visit = visitOf(competitor, scenario);
  }

  /** Starts the server with people who can sign in. */
  static async start(competitor: Competitor, { database: kind, adapter, scenario }: Cell): Promise<Side> {
    const database = await makeDatabase(kind);
    const server = await ServerProcess.start({ competitor, adapter, database: database.settings });
    const side = new Side(competitor, scenario, database, server);
    await side.seed();
    return side;
  }

  /** Lets people sign in for some seconds. */
  async round(seconds: number): Promise<Round> {
    const round = { logins: 0, seconds: 0, nodeCpu: 0, databaseCpu: 0 };
    const connections = new Connections(this.server.port, CONNECTIONS);
    const [nodeCpu, databaseCpu] = await this.cpu();
    while (round.seconds < seconds) {
      const codes = await this.codes();
      const began = performance.now();
      const visitors = this.visitors(codes, began + (seconds - round.seconds) * 1000);
      await inParallel(CONNECTIONS, visitors, async (visitor) => {
        await this.visit(connections, visitor);
        round.logins++;
      });
      round.seconds += (performance.now() - began) / 1000;
    }
    const [nodeAfter, databaseAfter] = await this.cpu();
    connections.close();
    return { ...round, nodeCpu: nodeAfter - nodeCpu, databaseCpu: databaseAfter - databaseCpu };
  }

  async close(): Promise<void> {
    await this.server.stop();
    await this.database.drop();
  }

  private async seed(): Promise<void> {
    await this.server.call('addPeople', PEOPLE);
    if (this.competitor === 'module') await this.signInOnce();
    this.secrets = await this.server.call('enrol', this.scenario === 'prompt' ? 'sms' : 'totp');
    await this.database.tidy();
  }

  private async signInOnce(): Promise<void> {
    const connections = new Connections(this.server.port, CONNECTIONS);
    await inParallel(CONNECTIONS, this.crowd, (person) => firstVisit(connections, { person, code: '' }));
    connections.close();
  }

  private cpu(): Promise<[number, number]> {
    return Promise.all([this.server.call('cpu'), this.database.cpu()]);
  }

  /** Moves the clock on, and gives everybody the code of that moment. */
  private async codes(): Promise<string[]> {
    const now = new Date(await this.server.call('advance', APART[this.scenario]));
    return this.secrets.map((secret) => codeAt(secret, now));
  }

  /** Everybody once until the time is over, beginning with whoever has waited longest. */
  private *visitors(codes: string[], until: number): Iterable<Visitor> {
    for (let left = PEOPLE; left > 0 && performance.now() < until; left--) {
      const index = this.next;
      this.next = (index + 1) % PEOPLE;
      yield { person: this.crowd[index]!, code: codes[index]! };
    }
  }
}
