// The counter besides the plain sale, by keys alone: a Manager's approval, a sale put aside, a lost connection, an exchange.
import { after, before, describe, test } from "node:test";
import assert from "node:assert/strict";
import { launch, openPage, pictures, scan, signIn, typeByHand } from "./browser.mjs";
import { adminApi, hire, openShop, readyDevice } from "./shop.mjs";

const [PASSWORD, ADMIN_PASSWORD] = ["makola-market-22", "harmattan-wind-88"];

let shop, browser, api, model;
const opened = [];

const open = async (username, path, options) => {
  const page = await openPage(browser, shop.base, options);
  opened.push(page);
  await signIn(page, shop.base, username, PASSWORD);
  await page.goto(`${shop.base}${path}`);
  return page;
};
const invoices = async () => (await api.get("/invoices?limit=200")).data;
const focusLine = (page) => page.locator("[data-line]").last().focus();
const saying = (page) => page.locator("[data-saving]");

/** A device on the sale, paid in cash, the keys with the till. */
const inCash = async (page, serial) => {
  await scan(page, serial);
  await page.locator("[data-line]").waitFor();
  await focusLine(page);
  await page.keyboard.press("1");
  await page.locator("[name=payment_amount]:focus").waitFor();
  await focusLine(page);
};

before(async () => {
  [shop, browser] = await Promise.all([openShop(), launch()]);
  api = await adminApi(shop, ADMIN_PASSWORD);
  await hire(api, PASSWORD, ["ama", "Sales", "Ama Mensah"], ["esi", "Sales", "Esi Quaye"], ["kwame", "Manager", "Kwame Asante"]);
  const latitude = { category: "Laptop", brand: "Dell", model_name: "Latitude 5400", cpu: "Core i5-8365U", ram: "16 GB", storage: "256 GB SSD" };
  model = (await api.post("/product-models", { ...latitude, default_price_grade_a: "3700.00" })).id;
  for (let n = 1; n <= 9; n += 1) await readyDevice(api, `CNT000${n}`, model);
});
after(async () => {
  await browser?.close();
  await shop?.close();
});

describe("the counter", () => {
  test("a Manager approves a price at the till, by keys alone", async () => {
    const page = await open("ama", "/sell");
    await scan(page, "CNT0001");
    await page.locator("[data-line]").waitFor();
    await focusLine(page);
    await page.keyboard.press("F2");
    await page.locator("[name=unit_price]:focus").waitFor();
    await typeByHand(page, "3000");
    await page.keyboard.press("Enter");
    await page.locator(".till-approval").waitFor();
    await focusLine(page);
    await page.keyboard.press("1");
    await page.locator("[name=payment_amount]:focus").waitFor();
    await focusLine(page);
    await page.keyboard.press("a");
    await page.locator("[name=approval_username]:focus").waitFor();
    await typeByHand(page, "kwame");
    await page.keyboard.press("Tab");
    await typeByHand(page, "wrong-password");
    await pictures(page, "approval");
    await focusLine(page);
    await page.keyboard.press("Enter");
    await page.locator("#approval_password-error").waitFor();
    assert.equal(await page.inputValue("[name=approval_username]"), "kwame");
    assert.equal(await page.inputValue("[name=approval_password]"), "", "a password is never shown again");
    await page.locator("[name=approval_password]").focus();
    await typeByHand(page, PASSWORD);
    await focusLine(page);
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/invoices\/\d+\/sold$/);
    await page.goto(page.url().replace(/\/sold$/, ""));
    assert.match(await page.textContent("main"), /price approved by Kwame Asante/);
  });

  test("a sale put aside on one screen is gone on with on another", async () => {
    const ama = await open("ama", "/sell");
    await scan(ama, "CNT0002");
    await ama.locator("[data-line]").waitFor();
    await focusLine(ama);
    await ama.keyboard.press("F4");
    await ama.locator("[name=park_label]:focus").waitFor();
    await typeByHand(ama, "Blue shirt");
    await pictures(ama, "putting-aside");
    await ama.keyboard.press("Enter");
    await ama.locator("text=Blue shirt is put aside").waitFor();
    assert.equal((await api.get("/assets/by-serial/CNT0002")).status, "Ready for Sale");
    await pictures(ama, "put-aside");
    const esi = await open("esi", "/sell");
    await esi.locator("h1").first().waitFor();
    await esi.keyboard.press("F4");
    await esi.locator("[data-line]").waitFor();
    assert.match(await esi.textContent("#total"), /3,700\.00/);
    // Sold meanwhile by somebody else: the line says so.
    await api.post("/sales", { customer_type: "Walk-in", lines: [{ serial_number: "CNT0002" }], payments: [{ payment_method: "Cash", amount: "3700" }] });
    await focusLine(esi);
    await esi.keyboard.press("1");
    await esi.locator("text=It is sold already").waitFor();
    await pictures(esi, "sold-meanwhile");
  });

  test("an answer lost after the sale was saved: the till finds it and says its number", async () => {
    const count = (await invoices()).length;
    const page = await open("ama", "/sell");
    await inCash(page, "CNT0003");
    // The server gets it and answers; the answer never arrives. Then the line is dead for a while.
    let dead = true;
    await page.route("**/sell", async (route) => {
      if (route.request().method() !== "POST") return route.continue();
      await route.fetch({ maxRedirects: 0 });
      return route.abort("connectionreset");
    });
    await page.route("**/sell/saved", (route) => (dead ? route.abort("internetdisconnected") : route.continue()));
    await page.keyboard.press("Enter");
    await saying(page).filter({ hasText: "No connection. Looking whether the sale was saved" }).waitFor();
    await pictures(page, "looking");
    // Pressing on meanwhile sends nothing.
    await page.keyboard.press("Enter");
    dead = false;
    await page.waitForURL(/\/invoices\/\d+\/sold$/);
    assert.match(await page.textContent("main"), /Saved as INV-\d{6}/);
    await pictures(page, "saved-after-all");
    assert.equal((await invoices()).length, count + 1);
    forget(page);
  });

  test("a sale that never got there: the till says so, and pressing again sells once", async () => {
    const count = (await invoices()).length;
    const page = await open("ama", "/sell");
    await inCash(page, "CNT0004");
    let cut = true;
    await page.route("**/sell", (route) => (cut && route.request().method() === "POST" ? route.abort("connectionfailed") : route.continue()));
    await page.keyboard.press("Enter");
    await saying(page).filter({ hasText: "Not saved, nothing was charged; press again." }).waitFor();
    await pictures(page, "not-saved");
    assert.equal((await invoices()).length, count);
    cut = false;
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/invoices\/\d+\/sold$/);
    assert.equal((await invoices()).length, count + 1);
    forget(page);
  });

  test("the page loaded anew while the answer was lost looks for the sale too", async () => {
    const count = (await invoices()).length;
    const page = await open("ama", "/sell");
    await inCash(page, "CNT0005");
    await page.route("**/sell", async (route) => {
      if (route.request().method() !== "POST") return route.continue();
      await route.fetch({ maxRedirects: 0 });
      return route.abort("connectionreset");
    });
    await page.route("**/sell/saved", (route) => route.abort("internetdisconnected"));
    await page.keyboard.press("Enter");
    await saying(page).filter({ hasText: "No connection" }).waitFor();
    await page.unrouteAll({ behavior: "ignoreErrors" });
    await page.goto(`${shop.base}/sell`);
    await page.waitForURL(/\/invoices\/\d+\/sold$/);
    assert.match(await page.textContent("main"), /Saved as INV-\d{6}/);
    assert.equal((await invoices()).length, count + 1);
    forget(page);
  });

  test("a device is exchanged for a dearer one, by keys alone", async () => {
    const sold = await api.post("/sales", { customer_type: "Walk-in", lines: [{ serial_number: "CNT0006" }], payments: [{ payment_method: "Cash", amount: "3700" }] });
    const page = await open("kwame", `/invoices/${sold.id}`);
    await page.keyboard.press("x");
    await page.waitForURL(/\/exchange$/);
    await scan(page, "CNT0007");
    await page.locator("[name=goods_price]").waitFor();
    await page.locator("[name=goods_price]").focus();
    await page.keyboard.press("Control+A");
    await typeByHand(page, "4000");
    await page.keyboard.press("Enter");
    await page.locator("text=The customer pays").waitFor();
    assert.equal(await page.inputValue("[name=pay_amount]"), "300.00");
    await page.locator("[name=reason]").focus();
    await typeByHand(page, "Too slow");
    await pictures(page, "exchange");
    await page.locator("button[value=exchange]").focus();
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => /\/invoices\/\d+$/.test(url.pathname));
    assert.equal((await api.get("/assets/by-serial/CNT0007")).status, "Sold");
    assert.equal((await api.get("/assets/by-serial/CNT0006")).status, "Diagnostics Pending");
  });

  test("works without scripts: approval, putting aside, going on", async () => {
    const page = await open("ama", "/sell", { javaScriptEnabled: false });
    await page.fill("[name=scan]", "CNT0008");
    await page.click("[data-scan-submit]");
    await page.locator("summary:has-text('Put this sale aside')").click();
    await page.click("button[value=park]");
    await page.click("[value^='resume:']");
    await page.locator("[data-line] summary").click();
    await page.fill("[name=unit_price]", "3000");
    await page.click("[data-line] button[value=update]");
    await page.click("button[value='pay:Cash']");
    await page.fill("[name=approval_username]", "kwame@example.com");
    await page.fill("[name=approval_password]", PASSWORD);
    await page.click("button[value=complete]");
    await page.waitForURL(/\/invoices\/\d+\/sold$/);
  });

  test("what goes with a model comes along, and the model's page says what", async () => {
    await api.post("/bulk-stock", { sku: "CHG-65W", item_name: "65 W USB-C charger", category: "Charger", unit_price: "240.00", quantity: 50 });
    await api.post(`/product-models/${model}/bundle`, { sku: "CHG-65W", bundle_price: "0" });
    const page = await open("ama", "/sell");
    await scan(page, "CNT0009");
    await page.locator("[data-line]").nth(1).waitFor();
    await pictures(page, "bundle-at-the-till");
    await page.locator("[data-line]").first().focus();
    await page.keyboard.press("Delete");
    await page.locator("text=Nothing on this sale yet").waitFor();
    const kwame = await open("kwame", `/models/${model}`);
    await pictures(kwame, "bundle-of-the-model");
    await kwame.goto(`${shop.base}/sell`);
    await scan(kwame, "CNT0009");
    await kwame.locator("[data-line]").first().waitFor();
    await kwame.locator("summary:has-text('Enter it for an earlier day')").click();
    await pictures(kwame, "earlier-day");
  });

  test("nothing went wrong behind the scenes", () => {
    assert.deepEqual(
      opened.flatMap((page) => page.problems),
      [],
    );
    assert.ok(!shop.log().includes(" ERROR "), shop.log());
  });
});

/** The connection was cut on purpose: the browser's word about that is no problem. */
const forget = (page) => {
  page.problems = page.problems.filter((said) => !/net::ERR_/.test(said));
};
