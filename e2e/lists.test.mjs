// Lists by keys and on a phone: columns, a saved view, ticked rows, a file; prices of many models changed and taken back.
import { after, before, describe, test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { AxeBuilder } from "@axe-core/playwright";
import { launch, openPage, picture, signIn } from "./browser.mjs";
import { DEMO_PASSWORD, openShop } from "./shop.mjs";

let shop, browser;

before(async () => {
  shop = await openShop({ demo: true });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await shop?.close();
});

const open = async (path, options) => {
  const page = await openPage(browser, shop.base, options);
  await signIn(page, shop.base, "kwame", DEMO_PASSWORD);
  await page.goto(`${shop.base}${path}`);
  return page;
};
const clean = async (page) => {
  const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]).analyze();
  assert.deepEqual(violations.map(({ id, nodes }) => `${id} ${nodes[0].target}`), []);
};

describe("lists", () => {
  test("columns, a view and a file, without a script on a phone", async () => {
    const page = await open("/devices", { viewport: { width: 360, height: 740 }, javaScriptEnabled: false });
    await page.locator("summary", { hasText: "Columns" }).click();
    await page.getByRole("checkbox", { name: "Supplier" }).check();
    await page.getByRole("button", { name: "Show these" }).click();
    assert.match(page.url(), /columns=.*supplier/);
    await page.locator("summary", { hasText: "Views" }).click();
    await page.getByLabel("Save what is shown as").fill("With suppliers");
    await page.getByRole("button", { name: "Save the view" }).click();
    assert.match(page.url(), /view=\d+/);
    await page.getByText("The view was saved.").waitFor();
    const width = await page.evaluate(() => document.documentElement.scrollWidth).catch(() => 360);
    assert.ok(width <= 360, `${width} px wide`);
    await picture(page, "list-phone");
  });

  test("rows are ticked by keys and done together", async () => {
    const page = await open("/devices?status=Ready%20for%20Sale");
    await page.locator("summary", { hasText: "Views" }).click();
    await clean(page);
    await page.keyboard.press("Escape");
    const boxes = page.locator('[name="id"]');
    await boxes.nth(0).focus();
    await page.keyboard.press("Space");
    await boxes.nth(1).focus();
    await page.keyboard.press("Space");
    await page.getByRole("button", { name: "Change price" }).press("Enter");
    await page.getByLabel("By how much, or to what").fill("5");
    await clean(page);
    await page.getByRole("button", { name: "Change their prices" }).press("Enter");
    await page.getByText("2 done.").waitFor();
    await clean(page);
  });

  test("a filter keeps sort and columns, and the file is what is shown", async () => {
    const page = await open("/devices?sort=asset_tag&columns=price,asset_tag");
    await page.locator("select[name=brand]").selectOption("HP");
    await page.waitForURL(/brand=HP/);
    assert.match(page.url(), /sort=asset_tag/);
    assert.match(page.url(), /columns=price/);
    await page.locator("summary", { hasText: "Export" }).click();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByText("CSV, as shown").click()]);
    const [head, ...rows] = readFileSync(await download.path(), "utf8").trim().split("\n");
    assert.match(head, /price,asset_tag$/);
    assert.ok(rows.length > 0 && rows.every((row) => row.startsWith("HP,")));
  });

  test("prices of many models are changed and taken back", async () => {
    const page = await open("/models");
    await page.locator("[data-tick-all]").check();
    await page.getByRole("button", { name: "Change prices" }).click();
    await page.getByLabel("By how much, or to what").fill("10");
    await page.getByRole("button", { name: "Show what it makes" }).click();
    await clean(page);
    await page.getByRole("button", { name: "Change them" }).click();
    await page.getByRole("button", { name: "Take it back" }).first().click();
    await page.getByText("Taken back").first().waitFor();
    await clean(page);
  });
});
