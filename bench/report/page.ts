import { cpus } from 'node:os';
import type { CellResult } from '../cell.js';
import type { ColdResult } from '../cold/cold.js';
import { type Pace, ratioOf } from '../figures.js';
import type { LoginScenario } from '../load/visits.js';
import { CONNECTIONS } from '../side.js';
import { pacesOf, placeOf, TITLES } from './words.js';

const NOTES: Record<LoginScenario, string> = {
  code: `The code is of an authenticator app, which a challenge of the benchmark judges. Both sides use the same function of otplib
    for it and write the used step with a condition, so that a code works once. The login by hand sends four statements, and two of them are
    writes. A login of the module sends seven, and three of them are writes: it also reads the limit of wrong passwords, confirms it, and looks
    the user up a second time. [Without the confirmation](architecture.md#one-login-with-a-code), the time of an answer would tell that a password was
    right although the limit was reached.`,
  prompt: `Nothing is really sent. The login by hand writes down when it sent the last message and sends none within a minute. The
    module also keeps the limits of a phone, a network and a country.`,
  'two-call': `Two requests: one with the password, then one with the code of an authenticator app. better-auth has no login
    in one request. It takes the code of an app more than once.`,
};

/** The page of the documentation, as Markdown that is not formatted yet. */
export function pageOf(results: readonly CellResult[], cold?: ColdResult): string {
  return [INTRODUCTION, ...sectionsOf(results), ...(cold ? [coldSection(cold)] : []), METHOD].join('\n\n');
}

const INTRODUCTION = `# Performance

How many logins a process makes in a second, beside the same login written by hand and beside better-auth. \`npm run bench\`
measures it and writes this page.

![Logins in a second](performance.svg)

Every password is checked by a fast hash here, for all competitors. Argon2 takes tens of milliseconds of CPU, many times what
the rest of a login takes: with it, the differences below are small.`;

function sectionsOf(results: readonly CellResult[]): string[] {
  return (Object.keys(TITLES) as LoginScenario[]).flatMap((scenario) => {
    const group = results.filter(({ cell }) => cell.scenario === scenario);
    return group.length > 0 ? [sectionOf(scenario, group)] : [];
  });
}

function sectionOf(scenario: LoginScenario, group: readonly CellResult[]): string {
  const { rival } = group[0]!;
  const head = `| | nestjs-mfa | ${rival} | ratio | CPU of a login, nestjs-mfa | CPU of a login, ${rival} |`;
  const rows = group.map((result) => {
    const [module, other] = pacesOf(result);
    const { median, least, most } = ratioOf(result);
    const ratio = `**${median.toFixed(2)}** (${least.toFixed(2)} – ${most.toFixed(2)})`;
    const cells = [rateOf(module), rateOf(other), ratio, cpuOf(module, result), cpuOf(other, result)];
    return `| ${placeOf(result.cell)} | ${cells.join(' | ')} |`;
  });
  const table = [head, '| --- | --- | --- | --- | --- | --- |', ...rows].join('\n');
  return `## ${TITLES[scenario]}\n\n${NOTES[scenario].replace(/\s+/g, ' ')}\n\n${table}`;
}

function rateOf({ loginsPerSecond }: Pace): string {
  return `${Math.round(loginsPerSecond)} / s`;
}

function cpuOf({ nodeCpu, databaseCpu }: Pace, { cell }: CellResult): string {
  return cell.database === 'sqlite'
    ? `${nodeCpu.toFixed(2)} ms`
    : `${nodeCpu.toFixed(2)} ms + ${databaseCpu.toFixed(2)} ms`;
}

function coldSection({ milliseconds, megabytes }: ColdResult): string {
  const [time, range] = [milliseconds.median, `${milliseconds.least.toFixed(0)} – ${milliseconds.most.toFixed(0)}`];
  return `## Start

Importing the package adds **${time.toFixed(0)} ms** (${range}) and **${megabytes.median.toFixed(1)} MB** of resident memory to a
process that has already imported Nest, TypeORM and class-validator. Garbage is collected before each measurement of memory.`;
}

const METHOD = `## How it is measured

- Each server is a process of its own, with a database of its own. Both have the same adapter, driver and settings:
  better-sqlite3 with WAL and \`synchronous = NORMAL\`, or PostgreSQL with a pool of ${CONNECTIONS}. The load comes from another process
  over ${CONNECTIONS} connections that stay open.
- The two take turns of a third of a second, so that other work on the machine slows both equally. A figure is the
  median of the rounds, a ratio is the module's rate over the other one's in the same round, with the least and the most of all
  rounds in brackets.
- 2000 users sign in one after the other. Each has signed in from this network before. Between turns a clock moves on, so
  that no lock, cooldown or used code is met. Limits that all users of one network or country share are raised; nothing is
  turned off.
- Every answer is checked. One that is not a token, or not the request for a code, ends the run.
- CPU is that of the server's process. On PostgreSQL, what stands after the + is that of the processes of its connections.
- The login by hand reads the user, checks the password, reads the factor, checks the code, writes that it is used and
  keeps the hash of a token. It has no limits on guesses, seals no secrets and tells nobody of anything.
- better-auth runs with its plugin \`twoFactor\`, mounted as its documentation shows it for the server, without its rate limit.

The figures are of one machine with ${cpus().length} cores and Node ${process.versions.node}, which did other work as well: take the
ratios, not the rates.

\`\`\`bash
npm run bench
npm run bench -- postgres fastify code
npm run bench -- sqlite express --profile
\`\`\`

The first takes about a quarter of an hour. The second measures a part and writes no page. The last one prints where the time of
a login goes, by package.
`;
