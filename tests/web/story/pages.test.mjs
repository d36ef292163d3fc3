// SPDX-License-Identifier: Apache-2.0
// The story in Chromium against the real service. The tests follow each other, as the work does.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { openBrowser, People } from './people.mjs';
import { startEmpty, startService } from './service.mjs';

const missing = existsSync('/usr/bin/chromium') ? false : 'the package chromium is not installed';
const shots = process.env.CONGVAN_SHOTS;
const SUBJECT = 'Về việc kiểm tra <img src=x onerror="document.title=1"> & “chữ ký số” ở cơ sở';
const step = (name, body) => test(name, { skip: missing, timeout: 240_000 }, body);

let service;
let browser;
let people;
let pdf;
let draftPath;

before(async () => {
  if (missing) return;
  service = await startService(process.env.CONGVAN);
  browser = await openBrowser();
  people = new People(browser, service);
});

after(async () => {
  await browser?.close();
  await service?.stop();
});

async function picture(page, name) {
  if (!shots) return;
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: path.join(shots, `${name}.png`), fullPage: true });
}

/** A request of the signed-in page itself, for what has no page yet. */
async function ask(page, method, url, body, version) {
  return page.evaluate(
    async ([how, where, what, seen]) => {
      const reply = await fetch(where, {
        method: how,
        headers: {
          'Content-Type': 'application/json',
          'X-CSRF-Token': sessionStorage.getItem('congvan.csrf'),
          'Idempotency-Key': crypto.randomUUID(),
          ...(seen ? { 'If-Match': `"v${seen}"` } : {}),
        },
        body: what ? JSON.stringify(what) : undefined,
      });
      return { status: reply.status, body: await reply.json() };
    },
    [method, url, body, version],
  );
}

/** The file behind a password to open it. */
function encrypted(file) {
  const folder = mkdtempSync(path.join(tmpdir(), 'congvan-web-'));
  const [open, locked] = ['open.pdf', 'locked.pdf'].map((name) => path.join(folder, name));
  writeFileSync(open, file);
  execFileSync('qpdf', ['--encrypt', 'user', 'owner', '256', '--', open, locked]);
  const made = readFileSync(locked);
  rmSync(folder, { recursive: true });
  return made;
}

const focused = (page) => page.evaluate(() => document.activeElement?.textContent ?? '');

step('a wrong password is refused in Vietnamese and the field keeps the focus', async () => {
  const page = await people.window();
  await page.goto('/');
  await picture(page, 'sign-in');
  await page.getByLabel('Tên đăng nhập').fill('thanhtra');
  await page.getByLabel('Mật khẩu').fill('sai');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').filter({ hasText: 'Tên đăng nhập hoặc mật khẩu không đúng.' }).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'password');
  await page.getByRole('button', { name: 'English' }).click();
  await page.getByRole('alert').filter({ hasText: 'is not right' }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'en');
  await page.context().close();
});

step('pages that need a session ask for it, and come back to where one wanted to go', async () => {
  const page = await people.window();
  await page.goto('/kiem-tra');
  await page.getByLabel('Tên đăng nhập').fill('thanhtra');
  await page.getByLabel('Mật khẩu').fill(service.notes.password);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Kiểm tra chữ ký' }).waitFor();
  assert.match(await page.title(), /^Kiểm tra chữ ký/);
  // A second tab takes the session up by itself.
  const second = await page.context().newPage();
  people.watch(second);
  await second.goto('/');
  await second.getByRole('heading', { level: 1, name: 'Việc của tôi' }).waitFor();
  await page.getByRole('button', { name: 'Đăng xuất' }).click();
  await second.getByRole('heading', { level: 1, name: 'Đăng nhập' }).waitFor();
  await page.context().close();
});

step('the Chairman activates a new certificate with a PIN typed twice', async () => {
  const requests = '/api/v1/certificate-requests';
  const entered = await ask(await people.as('vanthu'), 'POST', requests, {
    type: 'new',
    kind: 'person',
    agency: service.notes.agencies.ubnd,
    person: service.notes.people.chutich,
    documentNumber: '30/CV',
    documentDate: '2026-01-05',
  });
  assert.equal(entered.status, 201, JSON.stringify(entered.body));
  const one = `${requests}/${entered.body.id}`;
  const accepted = await ask(await people.as('chungthu'), 'POST', `${one}/accept`, {}, 1);
  const { contentHash } = accepted.body;
  const approved = await ask(await people.as('duyetchungthu'), 'POST', `${one}/approve`, { contentHash }, 2);
  assert.equal(approved.status, 200, JSON.stringify(approved.body));
  const page = await people.box('chutich', /Chứng thư cần kích hoạt/);
  await page.getByRole('button', { name: 'Kích hoạt', exact: true }).press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.type(service.notes.pin);
  await page.keyboard.press('Tab');
  await page.keyboard.type('khac-hẳn');
  await page.keyboard.press('Enter');
  await page.getByText('Hai lần nhập không giống nhau.').waitFor();
  await page.getByLabel('Nhập lại mã PIN').fill(service.notes.pin);
  await picture(page, 'activate');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
});

step('the Chairman signs by keyboard alone', async () => {
  const page = await people.box('chutich', /Chờ tôi ký/);
  await picture(page, 'my-work');
  const first = page.locator('td.subject a').first();
  const subject = await first.textContent();
  await first.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.getByText('đúng bản trong hệ thống').waitFor();
  assert.equal(await focused(page), subject);
  await picture(page, 'to-sign');
  await page.keyboard.press('Control+Enter');
  await page.getByRole('dialog').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'pin');
  await page.keyboard.type('99999999');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').filter({ hasText: 'PIN' }).waitFor();
  await picture(page, 'wrong-pin');
  await page.locator('#pin').fill('');
  await page.keyboard.type(service.notes.pin);
  await page.keyboard.press('Enter');
  await page.getByText(/Đã ký lúc \d\d\/\d\d\/\d{4}/).waitFor();
  await page.getByText('Đã ký, chờ phát hành').waitFor();
});

step('Escape leaves the dialog and the focus goes back', async () => {
  const page = await people.box('vanthu', /Chờ phát hành/);
  await page.locator('td.subject a').first().press('Enter');
  const button = page.getByRole('button', { name: 'Cấp số, đóng dấu và phát hành' });
  await button.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.equal(await focused(page), 'Cấp số, đóng dấu và phát hành');
  // The key of one who types fast: it comes in the moment in which the dialog went.
  await button.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.evaluate(
    () =>
      new Promise((done) => {
        const gone = new MutationObserver(() => {
          if (document.querySelector('dialog')) return;
          gone.disconnect();
          dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', ctrlKey: true }));
          done();
        });
        gone.observe(document.body, { childList: true, subtree: true });
        document.querySelector('dialog').dispatchEvent(new Event('cancel', { cancelable: true }));
      }),
  );
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
});

step('the clerk numbers, seals and dispatches, and sees what each recipient did', async () => {
  const page = await people.as('vanthu');
  await page.keyboard.press('Control+Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.type(service.notes.pin);
  await page.keyboard.press('Enter');
  await page.getByText(/Đã phát hành văn bản số \d+\/CT-UBND/).waitFor();
  await page.getByRole('button', { name: /^Gửi \d+ nơi nhận/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: /^Gửi/ }).click();
  await page.getByText(/Đã gửi đến 7 nơi nhận/).waitFor();
  await page.getByRole('heading', { name: 'Tình trạng gửi' }).waitFor();
  await page.getByText('mã 01').first().waitFor();
  assert.equal(await page.locator('section[aria-labelledby=deliveries-title] tbody tr').count(), 7);
  await page.getByRole('button', { name: 'Xem kết quả kiểm tra' }).click();
  await page.getByText('Mọi chữ ký đều hợp lệ.').waitFor();
  assert.equal(await page.locator('.signature').count(), 4);
  await page.getByText('Tải về').waitFor();
  await picture(page, 'dispatched');
  pdf = await page.evaluate(async (url) => {
    const reply = await fetch(url);
    return [...new Uint8Array(await reply.arrayBuffer())];
  }, `/api/v1/documents/${page.url().split('/').pop()}/file`);
  pdf = Buffer.from(pdf);
  assert.equal(pdf.subarray(0, 5).toString(), '%PDF-');
});

step('a receiving clerk registers, the leader assigns, the officer finishes', async () => {
  const clerk = await people.box('vt.nv', /Đến, chờ tiếp nhận/);
  await clerk.locator('td.subject a').first().click();
  await clerk.getByRole('button', { name: 'Tiếp nhận, vào sổ' }).click();
  await clerk.getByText('Đã vào sổ văn bản đến.').waitFor();
  await picture(clerk, 'registered');

  const leader = await people.box('gd.nv', /Đến, chờ phân công/);
  await leader.locator('td.subject a').first().click();
  await leader.getByLabel('Chủ trì').selectOption({ label: 'Chuyên viên – Mai Thị Hạnh' });
  await leader.getByLabel('Ý kiến chỉ đạo').fill('Tham mưu triển khai <b>ngay</b>.');
  await picture(leader, 'assign');
  await leader.getByRole('button', { name: 'Giao việc' }).click();
  await leader.getByText('Đã giao việc.').waitFor();

  const officer = await people.box('cv.ccvc', /Việc được giao/);
  await officer.getByText('Tham mưu triển khai <b>ngay</b>.').waitFor();
  await officer.locator('tr', { hasText: 'ngay' }).locator('a').click();
  await officer.getByRole('button', { name: 'Bắt đầu xử lý' }).click();
  await officer.getByText('Đã ghi nhận bắt đầu xử lý.').waitFor();
  await officer.getByRole('button', { name: 'Báo hoàn thành' }).click();
  await officer.getByRole('dialog').getByLabel('Kết quả xử lý').fill('Đã triển khai.');
  await officer.getByRole('dialog').getByRole('button', { name: 'Báo hoàn thành' }).click();
  await officer.getByText('Đã ghi nhận hoàn thành.').waitFor();
});

step('who holds two posts goes on in the other one by keyboard, with its rights only', async () => {
  const admin = await people.window();
  await people.signIn(admin, 'admin', service.notes.adminPassword);
  const { snv } = service.notes.agencies;
  const given = await ask(admin, 'POST', '/api/v1/posts', {
    agency: snv,
    title: 'Văn thư kiêm nhiệm',
    holder: service.notes.people['cv.ccvc'],
    grants: [{ role: 'clerk', over: snv }],
  });
  assert.equal(given.status, 201, JSON.stringify(given.body));
  await admin.context().close();

  const page = await people.as('cv.ccvc');
  await page.goto('/');
  const arrivals = page.getByRole('button', { name: /Đến, chờ tiếp nhận/ });
  assert.equal(await arrivals.count(), 0);
  const post = page.getByLabel('Chức vụ đang làm việc');
  await post.focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Tab');
  assert.equal(await focused(page), 'Chuyển sang chức vụ này');
  const second = await page.context().newPage();
  people.watch(second);
  await second.goto('/');
  await second.getByLabel('Chức vụ đang làm việc').waitFor();
  await page.keyboard.press('Enter');
  await arrivals.waitFor();
  await picture(page, 'another-post');
  // The session is one: the other tab acts in the new post too, and shows it.
  await second.getByRole('button', { name: /Đến, chờ tiếp nhận/ }).waitFor();
  await second.close();
  await page.setViewportSize({ width: 360, height: 740 });
  await post.selectOption({ index: 0 });
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0);
  await picture(page, 'another-post-phone');
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.getByRole('button', { name: 'Chuyển sang chức vụ này' }).click();
  await arrivals.waitFor({ state: 'detached' });
});

step('another clerk returns it with a reason', async () => {
  const page = await people.box('vt.tc', /Đến, chờ tiếp nhận/);
  await page.locator('td.subject a').first().click();
  await page.getByRole('button', { name: 'Trả lại' }).click();
  await page.getByRole('dialog').getByLabel(/Lý do/).fill('Gửi nhầm nơi nhận.');
  await page.getByRole('dialog').getByRole('button', { name: 'Trả lại' }).click();
  await page.getByText('Lý do trả lại: Gửi nhầm nơi nhận.').waitFor();
});

step('the clerk sends it again to who returned it, and both attempts are shown', async () => {
  const page = await people.as('vanthu');
  await page.getByRole('button', { name: 'Làm mới' }).click();
  const deliveries = page.locator('section[aria-labelledby=deliveries-title] tbody tr');
  await page.getByRole('button', { name: 'Gửi lại' }).click();
  await page.getByRole('dialog').getByText('Lý do trả lại: Gửi nhầm nơi nhận.').waitFor();
  await picture(page, 'send-again');
  await page.getByRole('dialog').getByRole('button', { name: 'Gửi lại' }).press('Enter');
  await page.getByText(/Đã gửi lại đến Sở Tài chính/).waitFor();
  await page.getByText('lần gửi 2').waitFor();
  assert.equal(await deliveries.count(), 8);
  assert.equal(await page.getByRole('button', { name: 'Gửi lại' }).count(), 0);

  const clerk = await people.box('vt.tc', /Đến, chờ tiếp nhận/);
  await clerk.locator('td.subject a').first().click();
  await clerk.getByRole('button', { name: 'Tiếp nhận, vào sổ' }).click();
  await clerk.getByText('Đã vào sổ văn bản đến.').waitFor();
});

step('a clerk shares the seal by a code, the second clerk sets a PIN, and it is taken away again', async () => {
  const admin = await people.window();
  await people.signIn(admin, 'admin', service.notes.adminPassword);
  const top = service.notes.agencies.ubnd;
  const given = await ask(admin, 'POST', '/api/v1/posts', {
    agency: top,
    title: 'Văn thư thứ hai',
    holder: service.notes.people['cv.cds'],
    grants: [{ role: 'clerk', over: top }],
  });
  assert.equal(given.status, 201, JSON.stringify(given.body));
  await admin.context().close();

  const page = await people.as('vanthu');
  await page.goto('/con-dau');
  await page.getByRole('button', { name: 'Giao cho văn thư khác' }).press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Mã PIN của con dấu').fill(service.notes.pin);
  await picture(page, 'seal-offer');
  await page.keyboard.press('Enter');
  const code = await page.locator('strong.code').textContent();
  assert.match(code, /^[2-9a-z]{10}$/);
  await picture(page, 'seal-offered');

  const second = await people.as('cv.cds');
  await second.goto('/');
  await second.getByLabel('Chức vụ đang làm việc').selectOption({ index: 1 });
  await second.getByRole('button', { name: 'Chuyển sang chức vụ này' }).click();
  await second.getByRole('link', { name: 'Con dấu' }).click();
  await second.getByRole('button', { name: 'Nhận con dấu' }).click();
  await second.getByRole('dialog').getByLabel('Mã nhận con dấu').fill(code);
  await second.getByRole('dialog').getByLabel('Mã PIN mới').fill('97531');
  await second.getByRole('dialog').getByLabel('Nhập lại mã PIN').fill('97531');
  await second.keyboard.press('Enter');
  await second.getByRole('alert').filter({ hasText: 'PIN' }).first().waitFor();
  await second.getByRole('dialog').getByLabel('Mã PIN mới').fill('975310');
  await second.getByRole('dialog').getByLabel('Nhập lại mã PIN').fill('975310');
  await second.keyboard.press('Enter');
  await second.getByText('Bạn đã nhận con dấu').waitFor();
  await second.goto('/');
  await second.getByLabel('Chức vụ đang làm việc').selectOption({ index: 0 });
  await second.getByRole('button', { name: 'Chuyển sang chức vụ này' }).click();
  await second.getByRole('link', { name: 'Con dấu' }).waitFor({ state: 'detached' });

  await page.goto('/con-dau');
  await page.getByRole('button', { name: 'Thu lại' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Thu lại' }).click();
  await page.getByText('Đã thu lại.').waitFor();
  await page.locator('.holders li').nth(1).waitFor({ state: 'detached' });  // the list is asked for again
  assert.equal(await page.locator('.holders li').count(), 1);
});

step('the verification page passes the directive and refuses a tampered copy', async () => {
  const page = await people.as('thanhtra');
  await page.goto('/kiem-tra');
  const choose = (name, buffer) =>
    page.getByLabel('Chọn tệp để kiểm tra').setInputFiles({ name, mimeType: 'application/pdf', buffer });
  await choose('chi-thi.pdf', pdf);
  await page.locator('.overall.good', { hasText: 'Mọi chữ ký đều hợp lệ.' }).waitFor();
  await picture(page, 'verify-good');
  const tampered = Buffer.from(pdf);
  tampered[Math.floor(tampered.length / 10)] ^= 1;
  await choose('sua.pdf', tampered);
  await page.getByRole('heading', { name: /Kết quả: sua\.pdf/ }).waitFor();
  await page.locator('.overall.bad', { hasText: 'Có chữ ký không hợp lệ.' }).waitFor();
  await page.locator('.questions .bad', { hasText: 'Nội dung hoặc giá trị chữ ký không còn như lúc ký.' }).first().waitFor();
  await picture(page, 'verify-tampered');
  const overlaid = readdirSync(path.join(service.data, 'out'))
    .map((one) => path.join(service.data, 'out', one, 'phu-trang.pdf'))
    .find((one) => existsSync(one));
  await choose('phu-trang.pdf', readFileSync(overlaid));
  await page.getByRole('heading', { name: /Kết quả: phu-trang\.pdf/ }).waitFor();
  await page.locator('.questions .bad', { hasText: 'Tài liệu đã bị sửa ngoài phạm vi cho phép' }).first().waitFor();
  await page.locator('.signature .unlawful', { hasText: 'Sửa trang' }).first().waitFor();
  await picture(page, 'verify-overlaid');
  await choose('trong.txt', Buffer.from('xin chào'));
  await page.getByRole('heading', { name: /Kết quả: trong\.txt/ }).waitFor();
  await choose('ma-hoa.pdf', encrypted(pdf));
  await page.locator('h2', { hasText: 'Kết quả: ma-hoa.pdf: Tệp bị mã hóa' }).waitFor();
  await page.locator('.overall.unsure', { hasText: 'không có nghĩa là tệp hỏng' }).waitFor();
  await page.getByText('Tệp PDF bị mã hóa [pdf_encrypted: has /Encrypt]').waitFor();
  await picture(page, 'verify-encrypted');
});

step('a drafter drafts with a PDF of another maker and submits; a head returns it', async () => {
  const printer = await people.window();
  await printer.setContent('<h1>Dự thảo</h1><p>Nội dung do trình duyệt in ra.</p>');
  const made = await printer.pdf({ format: 'A4' });
  await printer.context().close();

  const page = await people.as('cv.cds');
  await page.goto('/soan');
  await page.getByLabel('Loại văn bản').selectOption('KH');
  await page.getByLabel('Trích yếu').fill(SUBJECT);
  await page.getByLabel('Hỏa tốc').check();
  await page.getByLabel('Tệp PDF của văn bản').setInputFiles({ name: 'kh.pdf', mimeType: 'application/pdf', buffer: made });
  await page.getByRole('button', { name: 'Lưu dự thảo và tải tệp lên' }).click();
  await page.getByText('Hãy chọn ít nhất một nơi nhận.').waitFor();
  await page.getByLabel('Tìm nơi nhận').fill('so noi');
  await page.getByLabel('Sở Nội vụ tỉnh An Bình').check();
  await picture(page, 'draft');
  await page.getByRole('button', { name: 'Lưu dự thảo và tải tệp lên' }).click();
  await page.getByRole('heading', { level: 1, name: SUBJECT }).waitFor();
  draftPath = new URL(page.url()).pathname;
  const chairman = await page.getByLabel('Người ký').locator('option', { hasText: /^Chủ tịch – .* \(TM\.\)$/ }).getAttribute('value');
  await page.getByLabel('Người ký').selectOption(chairman);
  await picture(page, 'submit');
  await page.getByRole('button', { name: 'Trình', exact: true }).click();
  await page.getByText('Đã trình văn bản.').waitFor();

  const head = await people.box('tp.cds', /Chờ tôi ký/);
  await head.getByRole('link', { name: SUBJECT }).waitFor();
});

step('a document that changed meanwhile is shown anew and nothing is done twice', async () => {
  const head = await people.as('tp.cds');
  const second = await head.context().newPage();
  people.watch(second);
  for (const page of [head, second]) {
    await page.goto(draftPath);
    await page.getByRole('button', { name: 'Trả lại' }).waitFor();
  }
  await head.keyboard.press('Alt+r');
  await head.getByRole('dialog').getByLabel(/Lý do/).fill('Bổ sung căn cứ.');
  await head.getByRole('dialog').getByRole('button', { name: 'Trả lại' }).click();
  await head.getByText('Đã trả lại người soạn.').waitFor();

  await second.keyboard.press('Control+Enter');
  await second.locator('#pin').fill(service.notes.pin);
  await second.keyboard.press('Enter');
  await second.getByText('Văn bản đã thay đổi từ lúc bạn mở.').waitFor();
  await second.getByText('Lý do trả lại: Bổ sung căn cứ.').waitFor();
  await second.close();
});

step('the drafter corrects what came back, and it goes on with the file it had', async () => {
  const page = await people.as('cv.cds');
  await page.goto(draftPath);
  await page.getByText('Sửa thông tin văn bản').click();
  const subject = page.getByLabel('Trích yếu');
  assert.equal(await subject.inputValue(), SUBJECT);
  assert.equal(await page.getByLabel('Loại văn bản').inputValue(), 'KH');
  assert.equal(await page.getByLabel('Hỏa tốc').isChecked(), true);
  await page.getByLabel('Sở Nội vụ tỉnh An Bình').uncheck();
  await page.getByRole('button', { name: 'Lưu thông tin' }).click();
  await page.getByText('Hãy chọn ít nhất một nơi nhận.').waitFor();
  await page.getByLabel('Sở Tài chính tỉnh An Bình').check();
  await subject.fill(`${SUBJECT} (sửa)`);
  await picture(page, 'correct');
  await page.getByRole('button', { name: 'Lưu thông tin' }).click();
  await page.getByText('Đã lưu thông tin.').waitFor();
  await page.getByRole('heading', { level: 1, name: `${SUBJECT} (sửa)` }).waitFor();
  await page.getByText('đúng bản trong hệ thống').waitFor();
  await page.getByRole('button', { name: 'Trình', exact: true }).waitFor();
});

step('a session that ended asks again over the page and loses nothing that was typed', async () => {
  const page = await people.as('vanthu');
  await page.goto('/kiem-tra');
  const drafter = await people.as('cv.cds');
  await drafter.goto('/soan');
  await drafter.getByLabel('Trích yếu').fill('Đang soạn dở');
  await drafter.getByLabel('Sở Tài chính tỉnh An Bình').check();
  await drafter.getByLabel('Tệp PDF của văn bản').setInputFiles({ name: 'a.pdf', mimeType: 'application/pdf', buffer: pdf });
  await drafter.context().clearCookies();
  await drafter.getByRole('button', { name: 'Lưu dự thảo và tải tệp lên' }).click();
  const dialog = drafter.getByRole('dialog', { name: 'Phiên làm việc đã hết hạn' });
  await dialog.waitFor();
  await dialog.getByLabel('Tên đăng nhập').fill('cv.cds');
  await dialog.getByLabel('Mật khẩu').fill(service.notes.password);
  await drafter.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  assert.equal(await drafter.getByLabel('Trích yếu').inputValue(), 'Đang soạn dở');
});

step('a lost connection is told, and the act can be repeated', async () => {
  const page = await people.as('gd.nv');
  await page.goto('/');
  await page.getByRole('heading', { level: 2 }).waitFor();
  await page.context().setOffline(true);
  await page.getByRole('button', { name: /Việc được giao/ }).click();
  await page.getByRole('alert').filter({ hasText: 'Không kết nối được máy chủ' }).waitFor();
  await page.context().setOffline(false);
  people.wrong = people.wrong.filter((one) => !one.includes('ERR_INTERNET_DISCONNECTED'));
  await page.getByRole('button', { name: 'Thử lại' }).click();
  await page.getByRole('alert').filter({ hasText: 'Không kết nối' }).waitFor({ state: 'detached' });
});

step('the first password has to be changed before anything else', async (context) => {
  const empty = await startEmpty(process.env.CONGVAN);
  context.after(() => empty.stop());
  const others = new People(browser, empty);
  const page = await others.window({ width: 360, height: 740 });
  await page.goto('/kiem-tra');
  await page.getByLabel('Tên đăng nhập').fill('admin');
  await page.getByLabel('Mật khẩu').fill(empty.password);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Đổi mật khẩu' }).waitFor();
  await page.getByText('do người khác đặt cho bạn').waitFor();
  assert.equal(await page.getByRole('navigation').count(), 0);
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0);
  await picture(page, 'first-password');
  await page.goto('/soan');
  await page.getByLabel('Mật khẩu hiện tại').waitFor();
  await page.goto('/kiem-tra');
  const form = page.getByRole('main');
  await form.getByLabel('Mật khẩu hiện tại').fill(empty.password);
  await form.getByLabel('Mật khẩu mới', { exact: true }).fill('mười hai con giáp');
  await form.getByLabel('Nhập lại mật khẩu mới').fill('mười hai con giáp');
  // The session ends meanwhile: one signs in over the form, and what was typed goes on.
  await page.context().clearCookies();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Phiên làm việc đã hết hạn' });
  await dialog.getByLabel('Tên đăng nhập').fill('admin');
  await dialog.getByLabel('Mật khẩu').fill(empty.password);
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await form.getByRole('button', { name: 'Đổi mật khẩu' }).click();
  await page.getByRole('heading', { level: 1, name: 'Kiểm tra chữ ký' }).waitFor();
  await page.context().close();
  assert.deepEqual(others.wrong, []);
});

step('one changes the own password by keyboard, and sessions elsewhere end', async () => {
  const page = await people.window();
  await people.signIn(page, 'cv.ccvc');
  const elsewhere = await people.window();
  await people.signIn(elsewhere, 'cv.ccvc');
  await page.getByRole('link', { name: /đổi mật khẩu/ }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Đổi mật khẩu' }).waitFor();
  const type = async (before, after, again) => {
    await page.getByLabel('Mật khẩu hiện tại').fill(before);
    for (const text of [after, again]) {
      await page.keyboard.press('Tab');
      await page.keyboard.type(text);
    }
    await page.keyboard.press('Enter');
  };
  const { password } = service.notes;
  await type(password, 'mười hai con giáp', 'mười hai con giap');
  await page.getByRole('alert').filter({ hasText: 'Hai lần nhập không giống nhau.' }).waitFor();
  await type('sai mật khẩu', 'mười hai con giáp', 'mười hai con giáp');
  await page.getByRole('alert').filter({ hasText: 'Mật khẩu hiện tại không đúng.' }).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'before');
  await picture(page, 'password');
  await type(password, 'mười hai con giáp', 'mười hai con giáp');
  await page.getByRole('status').filter({ hasText: 'Đã đổi mật khẩu.' }).waitFor();
  assert.equal(await page.getByLabel('Mật khẩu mới', { exact: true }).inputValue(), '');
  await elsewhere.getByRole('link', { name: 'Kiểm tra chữ ký' }).click();
  await elsewhere.getByRole('link', { name: 'Việc của tôi' }).click();
  await elsewhere.getByRole('dialog').getByText('Phiên làm việc đã hết hạn').waitFor();
  for (const one of [page, elsewhere]) await one.context().close();
  const again = await people.window();
  await people.signIn(again, 'cv.ccvc', 'mười hai con giáp');
  await again.context().close();
});

step('every page fits a phone of 360 pixels, in both languages', async () => {
  const page = await people.window({ width: 360, height: 740 });
  await people.signIn(page, 'chutich');
  const paths = ['/', draftPath, '/kiem-tra', '/mat-khau', '/khong-co'];
  for (const language of ['vi', 'en']) {
    for (const where of paths) {
      await page.goto(where);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForLoadState('networkidle');
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(over <= 0, `${where} in ${language} is ${over} px too wide`);
      const small = await page.evaluate(() =>
        [...document.querySelectorAll('button, .button, input:not([type=hidden]), nav a')]
          .map((one) => ({ name: one.textContent || one.id, box: one.getBoundingClientRect() }))
          .filter(({ box }) => box.width > 0 && (box.width < 20 || box.height < 20))
          .map(({ name }) => name),
      );
      assert.deepEqual(small, [], `${where}: targets too small`);
      await picture(page, `phone-${language}-${where.split('/')[1] || 'work'}`);
    }
    if (language === 'vi') await page.getByRole('button', { name: 'English' }).click();
  }
  await page.context().close();
});

step('every field and button has a name, and every page one first heading', async () => {
  const page = await people.as('chutich');
  for (const where of ['/', draftPath, '/kiem-tra', '/mat-khau']) {
    await page.goto(where);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.waitForLoadState('networkidle');
    const nameless = await page.evaluate(() => [
      ...[...document.querySelectorAll('input, select, textarea, progress')].filter((one) => one.labels?.length === 0),
      ...[...document.querySelectorAll('button, a, iframe')].filter((one) => !(one.textContent.trim() || one.title)),
    ].map((one) => one.outerHTML.slice(0, 120)));
    assert.deepEqual(nameless, [], where);
    assert.equal(await page.locator('h1').count(), 1, where);
  }
});

step('no page made an error, broke the policy or asked another host', () => {
  assert.deepEqual(people.wrong, []);
});
