// The till, whoever stands at it: without scripts, by keys alone, and with a finger that presses twice.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { launch, openPage, picture, scan, signIn, typeByHand } from "./browser.mjs";
import { adminApi, hire, openShop, readyDevice } from "./shop.mjs";

const [PASSWORD, ADMIN_PASSWORD] = ["makola-market-22", "harmattan-wind-88"];

let shop, browser, api, model, number;
const opened = [];

const till = async (options) => {
  const page = await openPage(browser, shop.base, options);
  opened.push(page);
  await signIn(page, shop.base, "ama", PASSWORD);
  await page.goto(`${shop.base}/sell`);
  return page;
};

const invoices = async () => (await api.get("/invoices?limit=200")).data;
const focusLine = (page) => page.locator("[data-line]").last().focus();

before(async () => {
  [shop, browser] = await Promise.all([openShop(), launch()]);
  api = await adminApi(shop, ADMIN_PASSWORD);
  await hire(api, PASSWORD, ["ama", "Sales", "Ama Mensah"]);
  const latitude = { category: "Laptop", brand: "Dell", model_name: "Latitude 5400", cpu: "Core i5-8365U", ram: "16 GB", storage: "256 GB SSD" };
  model = (await api.post("/product-models", { ...latitude, default_price_grade_a: "3700.00" })).id;
  await api.post("/bulk-stock", { sku: "CHG-65W", item_name: "65 W USB-C charger", category: "Charger", unit_price: "240.00", quantity: 50 });
  number = 0;
});
after(async () => {
  await browser?.close();
  await shop?.close();
});

describe("the till", () => {
  let serial;
  beforeEach(async () => {
    serial = `TILL${String((number += 1)).padStart(4, "0")}`;
    await readyDevice(api, serial, model);
  });

  test("works without scripts: device, charger, new customer, cash and MoMo", async () => {
    const page = await till({ javaScriptEnabled: false });
    const add = async (code) => {
      await page.fill("[name=scan]", code);
      await page.click("[data-scan-submit]");
    };
    await add(serial);
    await add("CHG-65W");
    assert.match(await page.textContent("#total"), /3,940\.00/);
    await page.locator("summary:has-text('New customer')").click();
    await page.fill("[name=new_name]", "Kojo Addo");
    await page.fill("[name=new_phone]", "0244556677");
    await page.click("button[value='pay:Cash']");
    await page.fill("[name=payment_amount]", "2000");
    await page.press("[name=payment_amount]", "Enter");
    await page.click("button[value='pay:MoMo']");
    await page.fill("input[name=payment_reference]:not([type=hidden])", "MOMO-4711");
    await picture(page, "till-without-scripts");
    await page.click("button[value=complete]");
    await page.waitForURL(/\/invoices\/\d+\/sold$/);
    const receipt = await page.textContent("main");
    for (const said of ["2,000.00", "1,940.00", "Kojo Addo"]) assert.ok(receipt.includes(said), said);
    assert.equal((await api.get(`/assets/by-serial/${serial}`)).status, "Sold");
  });

  test("works by keys alone: nothing is reached with a mouse", async () => {
    const page = await till();
    const focused = () => page.evaluate(() => [document.activeElement?.name, document.activeElement?.value].join("="));
    assert.match(await focused(), /^scan=/, "the cursor is in the scan box to begin with");
    await scan(page, serial);
    await page.locator("[data-line]").waitFor();
    await scan(page, "CHG-65W");
    await page.locator("[data-line]").nth(1).waitFor();
    // Two chargers: F2 opens the chosen line, Tab goes back to the quantity.
    await focusLine(page);
    await page.keyboard.press("F2");
    await page.locator("[name=unit_price]:focus").waitFor();
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Control+A");
    await typeByHand(page, "2");
    await page.keyboard.press("Enter");
    await page.locator("#total:has-text('4,180.00')").waitFor();
    // Delete takes a line off, a scan brings it back.
    await focusLine(page);
    await page.keyboard.press("Delete");
    await page.locator("#total:has-text('3,700.00')").waitFor();
    await scan(page, "CHG-65W");
    await page.locator("#total:has-text('3,940.00')").waitFor();
    // Cash 4,000: the change is on the screen before the sale is done.
    await focusLine(page);
    await page.keyboard.press("1");
    await page.locator("[name=payment_amount]:focus").waitFor();
    await typeByHand(page, "4000");
    await page.keyboard.press("Enter");
    await page.locator(".change:has-text('60.00')").waitFor();
    await focusLine(page);
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/invoices\/\d+\/sold$/);
    await page.locator(".change:has-text('60.00')").waitFor();
    // Enter is the next sale.
    await page.keyboard.press("Enter");
    await page.waitForURL("**/sell");
    await page.locator("[name=scan]:focus").waitFor();
    // Tab goes through everything and always shows where it is.
    const seen = new Set();
    for (let n = 0; n < 60; n += 1) {
      await page.keyboard.press("Tab");
      const where = await page.evaluate(() => {
        const on = document.activeElement;
        if (!on || on === document.body) return null;
        const { width, height } = on.getBoundingClientRect();
        const style = getComputedStyle(on);
        const ring = style.outlineStyle !== "none" || style.boxShadow !== "none" || on.matches("input[type=radio]");
        return { what: on.outerHTML.slice(0, 100), shown: width > 0 && height > 0, ring };
      });
      if (!where) continue; // the browser's own bar
      assert.ok(where.shown && where.ring, `no focus to be seen on ${where.what}`);
      seen.add(where.what);
    }
    assert.ok(seen.size > 10, "Tab goes through the page");
  });

  const inCash = async (page) => {
    await scan(page, serial);
    await page.locator("[data-line]").waitFor();
    await focusLine(page);
    await page.keyboard.press("1");
    await page.locator("[name=payment_amount]:focus").waitFor();
    await focusLine(page);
  };

  test("Enter pressed twice is one sale", async () => {
    const before = (await invoices()).length;
    const page = await till();
    await inCash(page);
    await Promise.all([page.keyboard.press("Enter"), page.keyboard.press("Enter")]);
    await page.waitForURL(/\/invoices\/\d+\/sold$/);
    assert.equal((await invoices()).length, before + 1);
  });

  test("a double click on the button is one sale", async () => {
    const before = (await invoices()).length;
    const page = await till();
    await inCash(page);
    await page.locator("button[value=complete]").dblclick({ delay: 5 });
    await page.waitForURL(/\/invoices\/\d+\/sold$/);
    assert.equal((await invoices()).length, before + 1);
  });

  test("the same form sent again without scripts, even an accessory's, is one sale", async () => {
    const before = (await invoices()).length;
    const page = await till({ javaScriptEnabled: false });
    await page.fill("[name=scan]", "CHG-65W");
    await page.click("[data-scan-submit]");
    await page.click("button[value='pay:Cash']");
    const fields = await page.evaluate(() => [...new FormData(document.querySelector("form.till"))]);
    const body = new URLSearchParams([...fields, ["do", "complete"]]).toString();
    const send = () =>
      page.request.post(`${shop.base}/sell`, {
        data: body,
        headers: { "Content-Type": "application/x-www-form-urlencoded", Origin: shop.base },
        maxRedirects: 0,
      });
    const answers = await Promise.all([send(), send(), send()]);
    const where = new Set(answers.map((answer) => answer.headers().location));
    assert.deepEqual(answers.map((answer) => answer.status()), [303, 303, 303]);
    assert.equal(where.size, 1, "all three lead to the same sale");
    assert.equal((await invoices()).length, before + 1);
  });

  test("nothing went wrong behind the scenes", () => {
    assert.deepEqual(
      opened.flatMap((page) => page.problems),
      [],
    );
    assert.ok(!shop.log().includes(" ERROR "), shop.log());
  });
});
