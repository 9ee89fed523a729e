import { createHook } from 'node:async_hooks';

/** How many times scrypt runs during a call. */
export async function slowHashes(call: () => Promise<unknown>): Promise<number> {
  let count = 0;
  const hook = createHook({ init: (_, type) => void (count += type === 'SCRYPTREQUEST' ? 1 : 0) }).enable();
  await call().finally(() => hook.disable());
  return count;
}
