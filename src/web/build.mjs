// SPDX-License-Identifier: Apache-2.0
// Bundles the pages: node build.mjs OUTPUT_FOLDER. Fails when the first load outgrows its budget.
import { build } from 'esbuild';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const FIRST_LOAD_MOST = 75 * 1024;
const here = path.dirname(fileURLToPath(import.meta.url));
const out = path.resolve(process.argv[2] ?? path.join(here, '../../build/web'));

await rm(out, { recursive: true, force: true });
await mkdir(path.join(out, 'assets'), { recursive: true });
await build({
  absWorkingDir: here,
  entryPoints: { app: 'app/main.tsx', style: 'styles/all.css', icon: 'styles/icon.svg' },
  outdir: path.join(out, 'assets'),
  entryNames: '[name]-[hash]',
  assetNames: '[name]-[hash]',
  bundle: true,
  minify: true,
  format: 'esm',
  target: ['es2022', 'chrome109', 'firefox115', 'safari16'],
  loader: { '.svg': 'copy' },
  charset: 'utf8',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  // Catalogues of the server rooms stand outside this folder; packages are found from here.
  nodePaths: [path.join(here, 'node_modules')],
  legalComments: 'none',
  logLevel: 'warning',
});

const assets = await readdir(path.join(out, 'assets'));
const named = (stem, suffix) => assets.find((one) => one.startsWith(`${stem}-`) && one.endsWith(suffix));
const page = (await readFile(path.join(here, 'index.html'), 'utf8'))
  .replace('{{style}}', `/assets/${named('style', '.css')}`)
  .replace('{{script}}', `/assets/${named('app', '.js')}`)
  .replace('{{icon}}', `/assets/${named('icon', '.svg')}`);
await writeFile(path.join(out, 'index.html'), page);

let total = 0;
for (const asset of assets) total += gzipSync(await readFile(path.join(out, 'assets', asset))).length;
console.log(`web: ${assets.length} files, ${(total / 1024).toFixed(1)} KB gzip of ${FIRST_LOAD_MOST / 1024}`);
if (total > FIRST_LOAD_MOST) {
  console.error('web: the first load is over its budget');
  process.exit(1);
}
