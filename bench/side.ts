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

/** How many of them sign in between two moves of the clock, at most: each has one code. */
const IN_A_TURN = 1000;

export const CONNECTIONS = 8;

/** Seconds between two logins of one person: a new code each, or no cooldown of messages and a usual number of them a day. */
const APART: Record<LoginScenario, number> = { code: 60, 'two-call': 60, prompt: 12 * 3600 };

/** A kind of login on a kind of application. */
export interface Cell {
  database: DatabaseKind;
  adapter: AdapterKind;
  scenario: LoginScenario;
}

/** What was counted while people signed in. */
export interface Tally {
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

  constructor(
    readonly competitor: Competitor,
    readonly server: ServerProcess,
    private readonly database: OwnDatabase,
    private readonly scenario: LoginScenario,
  ) {
    this.visit = visitOf(competitor, scenario);
  }

  /** Adds the people and turns their MFA on. */
  async seed(): Promise<void> {
    await this.server.call('addPeople', PEOPLE);
    if (this.competitor === 'module') await this.signInOnce();
    this.secrets = await this.server.call('enrol', this.scenario === 'prompt' ? 'sms' : 'totp');
    await this.database.tidy();
  }

  /** Lets people sign in for some seconds, or less if there are not enough of them, and counts. */
  async work(seconds: number): Promise<Tally> {
    const queue = await this.queue();
    const connections = new Connections(this.server.port, CONNECTIONS);
    const [nodeCpu, databaseCpu] = await this.cpu();
    let logins = 0;
    const began = performance.now();
    await inParallel(CONNECTIONS, this.until(began + seconds * 1000, queue), async (visitor) => {
      await this.visit(connections, visitor);
      logins++;
    });
    const taken = (performance.now() - began) / 1000;
    const [nodeAfter, databaseAfter] = await this.cpu();
    connections.close();
    return { logins, seconds: taken, nodeCpu: nodeAfter - nodeCpu, databaseCpu: databaseAfter - databaseCpu };
  }

  private async signInOnce(): Promise<void> {
    const connections = new Connections(this.server.port, CONNECTIONS);
    await inParallel(CONNECTIONS, this.crowd, (person) => firstVisit(connections, { person, code: '' }));
    connections.close();
  }

  private cpu(): Promise<[number, number]> {
    return Promise.all([this.server.call('cpu'), this.database.cpu()]);
  }

  /** Moves the clock on, and gives those who have waited longest the code of that moment. */
  private async queue(): Promise<Visitor[]> {
    const now = new Date(await this.server.call('advance', APART[this.scenario]));
    return Array.from({ length: IN_A_TURN }, (_, place) => {
      const index = (this.next + place) % PEOPLE;
      return { person: this.crowd[index]!, code: codeAt(this.secrets[index]!, now) };
    });
  }

  private *until(moment: number, queue: Visitor[]): Iterable<Visitor> {
    for (const visitor of queue) {
      if (performance.now() >= moment) return;
      this.next = (this.next + 1) % PEOPLE;
      yield visitor;
    }
  }
}

/** Starts a competitor with people who can sign in, works with it, and ends it whatever happens. */
export async function withSide<Result>(
  competitor: Competitor,
  { database: kind, adapter, scenario }: Cell,
  work: (side: Side) => Promise<Result>,
): Promise<Result> {
  const database = await makeDatabase(kind);
  try {
    const server = await ServerProcess.start({ competitor, adapter, database: database.settings });
    try {
      const side = new Side(competitor, server, database, scenario);
      await side.seed();
      return await work(side);
    } finally {
      await server.stop();
    }
  } finally {
    await database.drop();
  }
}
