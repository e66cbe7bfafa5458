// What one customer was promised, kept: preorder, deposit, overdue, here, told, pick-up; the battery fails in the 80th day and is
// repaired under warranty, fails again, and then there is another device, with the original end date.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, openPage, signIn } from "./browser.mjs";
import { adminApi, openShop, readyDevice } from "./shop.mjs";

const PASSWORD = "harmattan-wind-88";
let shop, browser;
before(async () => {
  [shop, browser] = await Promise.all([openShop(), launch()]);
});
after(async () => {
  await browser?.close();
  await shop?.close();
});

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const daysUntil = (date) => Math.round((new Date(date) - new Date(new Date().toISOString().slice(0, 10))) / 86_400_000);

test("a preorder is late, picked up, repaired, replaced, and covered until the day that was promised", async () => {
  const api = await adminApi(shop, PASSWORD);
  const latitude = { category: "Laptop", brand: "Dell", model_name: "Latitude 5400", default_price_grade_a: "6500.00" };
  const model = (await api.post("/product-models", latitude)).id;
  const battery = { sku: "BAT", item_name: "Battery", category: "Part", unit_price: "300.00", unit_cost: "180.00", quantity: 2 };
  const part = await api.post("/bulk-stock", battery);
  const esi = (await api.post("/customers", { full_name: "Esi Quaye", phone: "0244123456" })).id;

  const wish = { customer_id: esi, requested_specs: "14 inch, 16 GB", agreed_price: "6500.00" };
  let preorder = await api.post("/preorders", wish);
  const step = async (name, body = {}) => (preorder = await api.post(`/preorders/${preorder.id}/${name}`, body));
  await step("deposit", { payment_method: "MoMo", amount: "500.00", reference: "MP1" });
  await step("order");
  await step("in-transit");
  assert.deepEqual([preorder.deposit_held, preorder.is_overdue, daysUntil(preorder.sla_date)], ["500.00", false, 21]);

  // 25 days later it is still not here: the board, today's page and the report say so.
  await shop.passes(25);
  preorder = await api.get(`/preorders/${preorder.id}`);
  assert.deepEqual([preorder.is_overdue, daysUntil(preorder.sla_date)], [true, -4]);
  const late = (await api.get("/reports/preorder-sla?is_overdue=true")).data;
  assert.deepEqual(late.map((row) => [row.preorder_number, row.days_overdue]), [[preorder.preorder_number, 4]]);
  assert.equal((await api.get("/reports/dashboard")).overdue_preorder_count, 1);
  const page = await openPage(browser, shop.base, { viewport: { width: 360, height: 780 } });
  await signIn(page, shop.base, "admin", PASSWORD);
  await page.goto(`${shop.base}/preorders`);
  assert.match(await page.textContent("main"), /4 days overdue/);
  const [device, spare] = [await readyDevice(api, "SN1", model), await readyDevice(api, "SN2", model)];
  await step("arrive", { asset_id: device.id });
  await step("notify", { channel: "WhatsApp" });
  await step("pick-up", { unit_price: "6500.00", payments: [{ payment_method: "Cash", amount: "6000.00" }] });
  assert.deepEqual([preorder.status, preorder.deposit_held, preorder.invoice.status], ["Picked Up", "0.00", "Paid"]);

  assert.equal((await api.get("/reports/preorder-sla")).data[0].arrived_late, true);
  await step("close");

  // The 80th day of ninety.
  await shop.passes(80);
  const first = (await api.get("/warranties")).data[0];
  assert.deepEqual([first.status, daysUntil(first.start_date), daysUntil(first.end_date)], ["Active", -80, 10]);
  const approved = async () => {
    const claim = await api.post("/warranty-claims", { warranty_id: first.id, issue_description: "The battery fails" });
    return api.post(`/warranty-claims/${claim.id}/approve`, {});
  };
  let claim = await approved();
  const ticket = await api.post(`/repair-tickets/${claim.repair_ticket_id}/parts`, { bulk_stock_id: part.id, quantity: 1 });
  assert.equal(ticket.total_cost, "180.00");
  claim = await api.post(`/warranty-claims/${claim.id}/complete`, { outcome: "Repaired" });
  assert.deepEqual([claim.status, claim.total_cost], ["Completed", "180.00"]);
  assert.equal((await api.get(`/repair-tickets/${claim.repair_ticket_id}`)).status, "Closed");

  // Three days later it fails again.
  await shop.passes(3);
  Object.assign(first, await api.get(`/warranties/${first.id}`));
  claim = await approved();
  await api.post(`/warranty-claims/${claim.id}/complete`, { outcome: "Replaced", replacement_asset_id: spare.id });
  const warranties = (await api.get("/warranties")).data;
  const [carried, old] = ["SN2", "SN1"].map((serial) => warranties.find((w) => w.serial_number === serial));
  assert.deepEqual([carried.status, carried.end_date, old.status], ["Active", first.end_date, "Void"]);
  assert.equal((await api.get("/assets/by-serial/SN1")).status, "Returned");
  assert.equal((await api.get("/assets/by-serial/SN2")).status, "Sold");
  await assert.rejects(api.post("/warranty-claims", { warranty_id: first.id, issue_description: "again" }), /409 .*Void/);

  // Whoever scans the certificate's code reads the day that was promised at first.
  await page.context().clearCookies();
  await page.goto(`${shop.base}/check/${carried.check_code}`);
  const [year, month, day] = first.end_date.split("-").map(Number);
  assert.equal(daysUntil(first.end_date), 7);
  const until = `${day} ${MONTHS[month - 1]} ${year}`;
  const told = await page.textContent("main, body");
  assert.ok(told.includes("is valid") && told.includes(until), told);
  assert.ok(!told.includes("Esi") && !told.includes("244123456"), "nothing about the customer");
  assert.deepEqual(page.problems, []);

  const [cost] = (await api.get("/reports/warranty-cost?by=model")).data;
  assert.deepEqual([cost.repaired, cost.replaced, cost.service_cost, cost.replacement_cost], [1, 1, "180.00", "2000.00"]);
  // What the device earned in the end: sold for 6,500 at a cost of 2,000, less the part and the device that was given instead.
  const earned = (await api.get("/reports/warranty-cost?by=device")).data.find((row) => row.name.startsWith(device.asset_tag));
  assert.deepEqual([earned.sale_profit, earned.cost_total, earned.earned], ["4500.00", "2180.00", "2320.00"]);
  assert.match(await shop.run("verify").catch((error) => error.stdout), /invariants hold/);
  assert.ok(!shop.log().includes(" ERROR "), shop.log());
});
