// Runs the code blocks of sample-app/README.md in order, in one bash, against the built sample, and compares what each
// one prints with the answer under it. `…` in an answer stands for anything within a line.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SAMPLE = join(import.meta.dirname, '../sample-app');
const SECONDS = 120;
const END = '\u001e';

const page = stepsOf(readFileSync(join(SAMPLE, 'README.md'), 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'walkthrough-'));
const log = join(folder, 'sample.log');
const outcome = await run(scriptOf(page), {
  PATH: process.env.PATH,
  DATA_DIR: join(folder, 'data'),
  PORT: String(await freePort()),
});
const failed = page.filter((step, index) => !report(step, outcome.printed[index]));
if (outcome.complaints) say(outcome.complaints);
if (failed.length > 0 && existsSync(log)) say(readFileSync(log, 'utf8'));
rmSync(folder, { recursive: true });
say(`${page.length - failed.length} passed, ${failed.length} failed`);
process.exitCode = page.length > 0 && failed.length === 0 ? 0 : 1;

/** Each bash block with its heading and the answer that follows it, if one does. */
function stepsOf(readme) {
  const steps = [];
  let heading = '';
  for (const [, title, language, content] of readme.matchAll(/^## ([^\n]+)$|^```(bash|text)\n(.*?)^```$/gms)) {
    if (title) heading = title;
    else if (language === 'bash') steps.push({ heading, commands: content, answer: '' });
    else steps.at(-1).answer = content;
  }
  return steps;
}

// What the page starts with npm is installed and built already.
function scriptOf(steps) {
  const npm = `npm() { [ "$1" != start ] || exec '${process.execPath}' '${join(SAMPLE, 'dist/main.js')}'; }\n`;
  return npm + steps.map(({ commands }) => `${commands}printf '${END}'\n`).join('');
}

async function run(script, env) {
  const bash = spawn('bash', ['--noprofile', '--norc', '-c', script], { cwd: folder, env, detached: true });
  const late = setTimeout(() => killGroup(bash.pid), SECONDS * 1000);
  const [stdout, complaints] = await Promise.all([textOf(bash.stdout), textOf(bash.stderr)]);
  clearTimeout(late);
  // A sample that outlived its page must not outlive the test.
  killGroup(bash.pid);
  return { printed: stdout.split(END), complaints };
}

function killGroup(pid) {
  try {
    process.kill(-pid);
  } catch {
    // It has ended by itself.
  }
}

async function textOf(stream) {
  let text = '';
  for await (const chunk of stream.setEncoding('utf8')) text += chunk;
  return text;
}

function report({ heading, commands, answer }, got = '(not reached)') {
  const right = patternOf(answer).test(got);
  say(`${right ? 'ok    ' : 'FAILED'} ${heading}: ${commands.split('\n')[0]}`);
  if (!right) say(`--- expected\n${answer}--- got\n${got}---`);
  return right;
}

function patternOf(answer) {
  const literal = answer.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${literal.replaceAll('…', '[^"\n]+')}$`);
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function say(line) {
  process.stdout.write(`${line}\n`);
}
