// SPDX-License-Identifier: Apache-2.0
// The real service with the demonstration province, in a folder and on ports of its own.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

const START_MS = 300_000;

function free(port) {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(false));
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)));
  });
}

async function threePorts() {
  for (let port = 21_000 + (process.pid % 4000) * 3; port < 60_000; port += 3) {
    if ((await free(port)) && (await free(port + 1)) && (await free(port + 2))) return port;
  }
  throw new Error('no three free ports');
}

/** A province of one administrator, as `init` makes it; `password` is the one that it printed. */
export async function startEmpty(program) {
  const data = path.join(mkdtempSync(path.join(tmpdir(), 'congvan-web-')), 'data');
  const port = await threePorts();
  const printed = execFileSync(program, ['init', '--data', data, '--public-url', `http://127.0.0.1:${port + 1}`], { encoding: 'utf8' });
  const file = path.join(data, 'congvan.yaml');
  const settings = [8443, 8080, 8081].reduce((text, own, i) => text.replace(`port: ${own}`, `port: ${port + i}`), readFileSync(file, 'utf8'));
  writeFileSync(file, settings);
  const service = spawn(program, ['serve', '--config', file], { stdio: 'ignore' });
  const ended = new Promise((done) => service.once('exit', done));
  const until = Date.now() + START_MS;
  while (!(await fetch(`http://127.0.0.1:${port + 2}/readyz`).then((reply) => reply.ok, () => false))) {
    if (Date.now() > until || service.exitCode !== null) throw new Error('the service did not become ready');
    await new Promise((done) => setTimeout(done, 50));
  }
  return {
    address: `https://127.0.0.1:${port}`,
    password: /shown only now: (\S+)/.exec(printed)[1],
    stop: async () => {
      service.kill('SIGTERM');
      await ended;
      rmSync(path.dirname(data), { recursive: true, force: true });
    },
  };
}

/** Plays the story, then serves. `notes` are what the story wrote down: ids, password, PIN. */
export async function startService(program) {
  const data = mkdtempSync(path.join(tmpdir(), 'congvan-web-'));
  const port = await threePorts();
  const service = spawn(program, ['demo', '--data', data, '--port', String(port)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  await new Promise((done, fail) => {
    const timer = setTimeout(() => fail(new Error(`the service did not start:\n${said}`)), START_MS);
    const hear = (block) => {
      said += block;
      if (!said.includes('serving, Ctrl+C')) return;
      clearTimeout(timer);
      done();
    };
    service.stdout.on('data', hear);
    service.stderr.on('data', hear);
    service.once('exit', (code, signal) => {
      clearTimeout(timer);
      fail(new Error(`the service ended with ${code ?? signal}:\n${said}`));
    });
  });
  return {
    address: `https://127.0.0.1:${port}`,
    data,
    notes: JSON.parse(readFileSync(path.join(data, 'demo.json'), 'utf8')),
    stop: () =>
      new Promise((done) => {
        service.removeAllListeners('exit');
        service.once('exit', () => {
          rmSync(data, { recursive: true, force: true });
          done();
        });
        service.kill('SIGTERM');
      }),
  };
}
