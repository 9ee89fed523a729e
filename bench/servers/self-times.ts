import type { Profiler, Runtime } from 'node:inspector';

/** Milliseconds of CPU by what they were spent in. */
export type SelfTimes = Record<string, number>;

type Frame = Pick<Runtime.CallFrame, 'url' | 'functionName'>;

/** Sums a profile by package. Time without work is left out. */
export function selfTimesOf({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): SelfTimes {
  const owners = ownersOf(nodes);
  const times: SelfTimes = {};
  samples.forEach((id, index) => {
    const owner = owners.get(id)!;
    if (owner !== '(idle)') times[owner] = (times[owner] ?? 0) + timeDeltas[index]! / 1000;
  });
  return times;
}

/** The owner of each node. Parents come before their children, as V8 lists them. */
function ownersOf(nodes: readonly Profiler.ProfileNode[]): Map<number, string> {
  const owners = new Map<number, string>();
  const callers = new Map<number, string>();
  for (const { id, callFrame, children = [] } of nodes) {
    const caller = callers.get(id) ?? '';
    const owner = ownerOf(callFrame, caller);
    owners.set(id, owner);
    // What native code calls is still called by whoever called the native code.
    for (const child of children) callers.set(child, callFrame.url === '' ? caller : owner);
  }
  return owners;
}

/** Whose code a frame is: a package, this repository's `dist/`, the measured application, Node or the engine. */
function ownerOf({ url, functionName }: Frame, caller: string): string {
  if (url.startsWith('node:')) return 'node:';
  if (url !== '') return packageOf(url);
  if (functionName === '(idle)' || functionName === '(garbage collector)') return functionName;
  return caller === '' ? '(native)' : `(native) ${functionName}, called by ${caller}`;
}

function packageOf(url: string): string {
  const [, path] = /^.*\/node_modules\/(.+)$/.exec(url) ?? [];
  if (path !== undefined) return path.split('/', path.startsWith('@') ? 2 : 1).join('/');
  return url.includes('/bench/dist/') ? '(application)' : 'nestjs-mfa';
}
