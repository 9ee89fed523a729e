import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Lines that say something: no blank ones, and none of brackets alone. */
function linesOf(path: string): string[] {
  return existsSync(path)
    ? readFileSync(path, 'utf8')
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => /\w/.test(line))
    : [];
}

/** How many lines of the second text are not in the first one, in order. */
export function addedLines(before: readonly string[], after: readonly string[]): number {
  const common = Array.from({ length: before.length + 1 }, () => Array.from({ length: after.length + 1 }, () => 0));
  before.forEach((line, i) =>
    after.forEach((other, j) => {
      common[i + 1]![j + 1] = line === other ? common[i]![j]! + 1 : Math.max(common[i]![j + 1]!, common[i + 1]![j]!);
    }),
  );
  return after.length - common.at(-1)!.at(-1)!;
}

/** The lines that a folder has beyond another one: changed or added in files of both, and those of new files. */
export function changeOf(before: string, after: string): { changed: number; created: number } {
  const counts = readdirSync(after).map((name) => ({
    isNew: !existsSync(`${before}/${name}`),
    lines: addedLines(linesOf(`${before}/${name}`), linesOf(`${after}/${name}`)),
  }));
  const sum = (isNew: boolean) =>
    counts.filter((count) => count.isNew === isNew).reduce((total, { lines }) => total + lines, 0);
  return { changed: sum(false), created: sum(true) };
}
