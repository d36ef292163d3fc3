// SPDX-License-Identifier: Apache-2.0
// A browser with one window a person, which writes down what a page may never do.
import { chromium } from 'playwright-core';

const PROGRAM = '/usr/bin/chromium';

export async function openBrowser() {
  return chromium.launch({
    executablePath: PROGRAM,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
}

export class People {
  /** Console errors, defects, policy reports and requests elsewhere: all must stay empty. */
  wrong = [];
  pages = new Map();

  constructor(browser, service) {
    this.browser = browser;
    this.service = service;
  }

  async window(size = { width: 1280, height: 900 }) {
    const context = await this.browser.newContext({
      viewport: size,
      ignoreHTTPSErrors: true,
      locale: 'vi-VN',
      baseURL: this.service.address,
    });
    context.setDefaultTimeout(15_000);
    const page = await context.newPage();
    this.watch(page);
    return page;
  }

  watch(page) {
    page.on('pageerror', (error) => this.wrong.push(`${page.url()}: ${error.message}`));
    page.on('console', (message) => {
      // A refusal that the page handles is noted by the browser itself; that line is no error of ours.
      const handled = /status of (401|403|404|409|412|422|429)/.test(message.text());
      if (message.type() === 'error' && !handled) this.wrong.push(`${page.url()}: ${message.text()}`);
    });
    page.on('request', (request) => {
      const url = new URL(request.url());
      const own = request.url().startsWith(`${this.service.address}/`) || ['blob:', 'data:'].includes(url.protocol);
      // The browser's own PDF viewer is a part of the browser.
      if (!own && url.protocol !== 'chrome-extension:' && url.protocol !== 'chrome:') {
        this.wrong.push(`request to ${request.url()}`);
      }
    });
  }

  async signIn(page, login, password = this.service.notes.password) {
    await page.goto('/');
    await page.getByLabel('Tên đăng nhập').fill(login);
    await page.getByLabel('Mật khẩu').fill(password);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Việc của tôi' }).waitFor();
  }

  /** The person's window, signed in once. */
  async as(login) {
    if (!this.pages.has(login)) {
      const page = await this.window();
      await this.signIn(page, login);
      this.pages.set(login, page);
    }
    return this.pages.get(login);
  }

  /** Goes to the list of work and opens one of its boxes. */
  async box(login, name) {
    const page = await this.as(login);
    await page.goto('/');
    await page.getByRole('button', { name }).click();
    await page.getByRole('heading', { level: 2, name }).waitFor();
    return page;
  }
}
