// Scanning where the answer comes slower than the next code, on a machine that cannot keep up, and with a connection that breaks: every
// code arrives once, whole, and nothing else does; and what was refused stays in sight until somebody deals with it.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { launch, openPage, picture, pictures, scan, signIn, typeByHand } from "./browser.mjs";
import { adminApi, hire, openShop } from "./shop.mjs";

const [PASSWORD, ADMIN_PASSWORD] = ["makola-market-22", "harmattan-wind-88"];
const serials = (name, count) => Array.from({ length: count }, (_, n) => `${name}M${String(n).padStart(3, "0")}XQ`);

let shop, browser, api;
const opened = [];
const open = async (path, user = "yaw", options = {}) => {
  const page = await openPage(browser, shop.base, options);
  opened.push(page);
  await signIn(page, shop.base, user, PASSWORD);
  await page.goto(shop.base + path);
  return page;
};
/** Yaw's one window, on a page of his. */
let yawsPage;
const yaws = async (path) => {
  yawsPage ??= await open(path);
  await slow(yawsPage, {});
  await yawsPage.goto(shop.base + path);
  return yawsPage;
};
/** The intake, with a model and a place chosen for all. The cursor stays where the place was chosen. */
const intake = async () => {
  const page = await yaws("/receive/scan");
  await page.selectOption("[name=product_model_id]", { index: 1 });
  await page.selectOption("[name=location_id]", { label: "Warehouse" });
  await page.waitForTimeout(200);
  return page;
};
/** A slower network and a slower machine, from now on. */
const slow = async (page, { latency = 0, cpu = 1 }) => {
  page.devtools ??= await page.context().newCDPSession(page);
  const { devtools } = page;
  await devtools.send("Network.enable");
  await devtools.send("Network.emulateNetworkConditions", { offline: false, latency, downloadThroughput: -1, uploadThroughput: -1 });
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: cpu });
};
const scanAll = async (page, codes, pause) => {
  for (const code of codes) {
    await scan(page, code);
    await page.waitForTimeout(pause);
  }
};
/** What the page sent: the codes in their order. */
const watch = (page, field) => {
  const sent = [];
  page.on("request", (request) => {
    const code = request.method() === "POST" && new URLSearchParams(request.postData() ?? "").get(field);
    if (code) sent.push(code);
  });
  return sent;
};
const inStock = async (name) => {
  const all = [];
  for (const { serial_number } of (await api.get(`/assets?q=${name}M&limit=100`)).data) all.push(serial_number);
  return all.sort();
};
const rows = (page) => page.locator("#scans li");

before(async () => {
  [shop, browser] = await Promise.all([openShop(), launch()]);
  api = await adminApi(shop, ADMIN_PASSWORD);
  await hire(api, PASSWORD, ["yaw", "Warehouse", "Yaw Darko"], ["kofi", "Technician", "Kofi Owusu"], ["ama", "Sales", "Ama Mensah"]);
  await api.post("/product-models", { category: "Laptop", brand: "HP", model_name: "EliteBook 840 G7", cpu: "i5-10310U", default_price_grade_a: "4900.00" });
});
after(async () => {
  await browser?.close();
  await shop?.close();
});

describe("scanning", () => {
  test("answers that come slower than scans lose no device, and a refusal is not painted over", async () => {
    const page = await intake();
    const codes = serials("SLOW", 25);
    await slow(page, { latency: 250 });
    const sent = watch(page, "serial_number");
    await scanAll(page, codes.slice(0, 12), 60);
    await scan(page, codes[2]); // the same device once more
    await scanAll(page, codes.slice(12), 60);
    await page.locator("[data-sound=good]", { hasText: codes.at(-1) }).waitFor({ timeout: 30_000 });
    assert.deepEqual(sent, [...codes.slice(0, 12), codes[2], ...codes.slice(12)]);
    assert.deepEqual(await inStock("SLOW"), codes);
    // Twelve good ones later it is still told which one was not received, and why.
    assert.equal(await rows(page).count(), 1);
    assert.match(await rows(page).innerText(), new RegExp(`${codes[2]}.*P4T-000003`, "s"));
    await slow(page, {});
    await pictures(page, "scan-refused");
    await page.getByRole("button", { name: `Dismiss: ${codes[2]}` }).press("Enter");
    assert.equal(await rows(page).count(), 0);
  });

  test("a slow machine cuts no code", async () => {
    const page = await intake();
    const codes = serials("CPU6", 25);
    await slow(page, { cpu: 4 });
    const sent = watch(page, "serial_number");
    await scanAll(page, codes, 60);
    await page.locator("[data-sound=good]", { hasText: codes.at(-1) }).waitFor({ timeout: 30_000 });
    assert.deepEqual(sent, codes);
    assert.deepEqual(await inStock("CPU6"), codes);
    // The set too, faster than a hand can, on a machine that is quick again.
    await slow(page, {});
    await page.goto(`${shop.base}/scan`);
    const added = watch(page, "scan");
    await scanAll(page, codes, 20);
    await page.locator("h2:has-text('In the set') + .soft", { hasText: "25 devices" }).waitFor({ timeout: 30_000 });
    assert.deepEqual(added, codes);
  });

  test("what was refused is tried again with what is chosen then", async () => {
    const page = await yaws("/receive/scan");
    await page.selectOption("[name=location_id]", { label: "Warehouse" });
    await page.waitForTimeout(200);
    const codes = ["ZZTOP0001", "YYTOP0002"];
    await scanAll(page, codes, 50);
    await rows(page).nth(1).waitFor();
    for (const [n, code] of codes.toReversed().entries()) assert.match(await rows(page).nth(n).innerText(), new RegExp(`${code}.*choose it`, "s"));
    // They are there after the page was left, too.
    await page.goto(`${shop.base}/scan`);
    await page.goto(`${shop.base}/receive/scan`);
    assert.equal(await rows(page).count(), 2);
    await page.selectOption("[name=product_model_id]", { index: 1 });
    await page.getByRole("button", { name: "Try all again" }).click();
    await page.locator("[data-sound=good]", { hasText: codes[1] }).waitFor();
    assert.equal(await rows(page).count(), 0);
    for (const code of codes) assert.equal((await api.get(`/assets/by-serial/${code}`)).serial_number, code);
  });

  test("an answer that is lost is asked for again, and the device is received once", async () => {
    const page = await intake();
    const codes = serials("LOST", 4);
    let broken = 2;
    await page.route("**/receive/scan", async (route) => {
      if (route.request().method() !== "POST" || broken === 0) return route.continue();
      broken -= 1;
      // The first one arrives, and its answer does not; the second does not even arrive.
      if (broken === 1) await route.fetch();
      return route.abort();
    });
    const told = rows(page).filter({ hasText: `${codes[0]} has no answer` }).waitFor();
    await scanAll(page, codes, 50);
    await told;
    await page.locator("[data-sound=good]", { hasText: codes.at(-1) }).waitFor();
    assert.equal(await rows(page).count(), 0);
    assert.deepEqual(await inStock("LOST"), codes);
    await page.unroute("**/receive/scan");
    page.problems = page.problems.filter((problem) => !/ERR_FAILED/.test(problem));
  });

  test("whoever leaves while scans wait is asked, and they go on when the page is back", async () => {
    const page = await intake();
    const codes = serials("LEFT", 6);
    await slow(page, { latency: 500 });
    await scanAll(page, codes, 20);
    const asked = [];
    page.once("dialog", (dialog) => {
      asked.push(dialog.type());
      dialog.accept();
    });
    await page.reload();
    assert.deepEqual(asked, ["beforeunload"]);
    await page.locator("[data-sound=good]", { hasText: codes.at(-1) }).waitFor();
    assert.deepEqual(await inStock("LEFT"), codes);
    assert.equal(await rows(page).count(), 0);
  });

  test("a count takes each code once, and a hand types as slowly as it likes", async () => {
    const page = await yaws("/stocktakes/new");
    await page.selectOption("[name=location_id]", { label: "Warehouse" });
    await page.click("button:has-text('Begin to count')");
    await page.waitForURL(/\/stocktakes\/\d+$/);
    await slow(page, { latency: 200 });
    const codes = serials("SLOW", 10);
    const sent = watch(page, "code");
    await scanAll(page, codes, 60);
    await page.locator("#live progress[value='10']").waitFor({ timeout: 20_000 });
    await page.focus("[data-scan-box]");
    await typeByHand(page, "CPU6M0");
    await page.waitForTimeout(2100);
    await typeByHand(page, "01XQ");
    await page.keyboard.press("Enter");
    await page.locator("#live progress[value='11']").waitFor();
    assert.deepEqual(sent, [...codes, "CPU6M001XQ"]);
  });

  test("a sale takes every code, and says which one it did not", async () => {
    const tags = (await api.get("/assets?q=SLOWM&limit=100")).data.map((device) => device.serial_number).slice(0, 3);
    const page = await open("/sell", "ama");
    await slow(page, { latency: 300 });
    await scanAll(page, ["NOBODY-77", ...tags], 40);
    await rows(page).filter({ hasText: "NOBODY-77" }).waitFor();
    await page.waitForFunction(() => document.querySelector("form.till").dataset.busy === undefined);
    // They are not tested yet, so none of them can be sold: each says so by its serial.
    const said = await rows(page).allInnerTexts();
    assert.deepEqual(said.map((text) => text.match(/\S+/)[0]), [tags[1], tags[0], "NOBODY-77"]);
    await page.locator(".refusal").waitFor();
    await slow(page, {});
    await picture(page, "till-refused");
  });

  test("a half-filled checklist is there again after another device was scanned", async () => {
    const { data } = await api.get("/assets?q=CPU6M&limit=2");
    for (const device of data) await api.post(`/assets/${device.id}/status`, { status: "Diagnostics Pending" });
    const [first, second] = data;
    const page = await open(`/bench?device=${first.id}`, "kofi");
    await page.locator("label:has(input[name='check.display'][value=fail])").click();
    await page.fill("[name='note.display']", "dark line");
    await page.fill("[name=notes]", "Left corner");
    await scan(page, second.asset_tag);
    await page.waitForURL(new RegExp(`device=${second.id}$`));
    const waits = page.locator("[data-drafts] a", { hasText: first.asset_tag });
    await waits.waitFor();
    await pictures(page, "bench-draft");
    await waits.press("Enter");
    await page.locator("[role=status]", { hasText: "is here again" }).waitFor();
    assert.equal(await page.inputValue("[name='note.display']"), "dark line");
    assert.ok(await page.locator("input[name='check.display'][value=fail]").isChecked());
    await picture(page, "bench-draft-back");
    // Once it is saved it is a draft no more.
    await page.getByRole("button", { name: /All the rest pass/ }).click();
    await page.getByRole("button", { name: /Save, next device/ }).click();
    await page.locator(".flash", { hasText: "Repair Hold" }).waitFor();
    assert.equal(await page.locator("[data-drafts] a").count(), 0);
  });

  test("a machine without a camera says so", async () => {
    const page = await yaws("/scan");
    await page.context().grantPermissions(["camera"]);
    await page.click("#scan-set [data-camera]");
    await page.locator("dialog[open] [role=status]", { hasText: "There is no camera on this machine" }).waitFor();
  });

  test("nothing went wrong behind the pages", () => {
    for (const page of opened) assert.deepEqual(page.problems, []);
  });
});
