import 'reflect-metadata';
import type { BenchServer, Competitor, ServerSettings } from './bench-server.js';
import { CpuProfile } from './cpu-profile.js';
import type { Served, ServedAnswer, ServedCall } from './served.js';

type Start = (settings: ServerSettings) => Promise<BenchServer>;

// Loaded by name, so that no competitor carries the code of another one.
const STARTS: Record<Competitor, () => Promise<Start>> = {
  module: async () => (await import('./module-server.js')).startModule,
  'hand-written': async () => (await import('./hand-written-server.js')).startHandWritten,
  'better-auth': async () => (await import('./better-auth-server.js')).startBetterAuth,
};

const settings = JSON.parse(process.argv[2]!) as ServerSettings;
const start = await STARTS[settings.competitor]();
const server = await start(settings);
const profile = new CpuProfile();

const served: Served = {
  addPeople: (count) => server.addPeople(count),
  enrol: (factor) => server.enrol(factor),
  advance: (seconds) => Promise.resolve(server.advance(seconds)),
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return Promise.resolve((user + system) / 1000);
  },
  startProfile: () => profile.start(),
  stopProfile: () => profile.stop(),
};

process.on('message', ({ id, name, parameters }: ServedCall) => {
  const call = served[name] as (...given: unknown[]) => Promise<unknown>;
  call(...parameters).then(
    (value) => answer({ id, value }),
    (error: unknown) => answer({ id, error: String(error instanceof Error ? error.stack : error) }),
  );
});
// The measuring process is gone.
process.on('disconnect', () => process.exit());
answer({ id: 0, value: server.port });

function answer(message: ServedAnswer): void {
  process.send?.(message);
}
