import { createRequire } from 'node:module';

/** Says whether an optional package is there. It does not load it: that is done when it is first used. */
export function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}
