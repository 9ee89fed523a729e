import type { Profiler } from 'node:inspector';

/** Milliseconds of CPU by what they were spent in. */
export type SelfTimes = Record<string, number>;

const IDLE = '(idle)';

/** Sums a profile by package. Time without work is left out. */
export function selfTimesOf({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): SelfTimes {
  const owners = new Map(nodes.map(({ id, callFrame }) => [id, ownerOf(callFrame)]));
  const times: SelfTimes = {};
  samples.forEach((id, index) => {
    const owner = owners.get(id) ?? '(native)';
    if (owner !== IDLE) times[owner] = (times[owner] ?? 0) + (timeDeltas[index] ?? 0) / 1000;
  });
  return times;
}

/** Whose code a frame is: a package, this repository's `dist/`, the measured application, Node or the engine. */
function ownerOf({ url, functionName }: { url: string; functionName: string }): string {
  if (url === '') return functionName === IDLE || functionName === '(garbage collector)' ? functionName : '(native)';
  if (url.startsWith('node:')) return 'node:';
  const [, path] = /^.*\/node_modules\/(.+)$/.exec(url) ?? [];
  if (path !== undefined) return path.split('/', path.startsWith('@') ? 2 : 1).join('/');
  return url.includes('/bench/dist/') ? '(application)' : 'nestjs-mfa';
}
