// What one customer was promised, kept: preorder, deposit, pick-up, a battery repaired under warranty, then another device, with
// the original end date.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, openPage } from "./browser.mjs";
import { adminApi, openShop, readyDevice } from "./shop.mjs";

let shop, browser;
before(async () => {
  [shop, browser] = await Promise.all([openShop(), launch()]);
});
after(async () => {
  await browser?.close();
  await shop?.close();
});

test("a preorder is picked up, repaired, replaced, and covered until the day that was promised", async () => {
  const api = await adminApi(shop, "harmattan-wind-88");
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
  assert.equal(preorder.deposit_held, "500.00");
  const [device, spare] = [await readyDevice(api, "SN1", model), await readyDevice(api, "SN2", model)];
  await step("arrive", { asset_id: device.id });
  await step("notify", { channel: "WhatsApp" });
  await step("pick-up", { unit_price: "6500.00", payments: [{ payment_method: "Cash", amount: "6000.00" }] });
  assert.deepEqual([preorder.status, preorder.deposit_held, preorder.invoice.status], ["Picked Up", "0.00", "Paid"]);

  const first = (await api.get("/warranties")).data[0];
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

  claim = await approved();
  await api.post(`/warranty-claims/${claim.id}/complete`, { outcome: "Replaced", replacement_asset_id: spare.id });
  const warranties = (await api.get("/warranties")).data;
  const [carried, old] = ["SN2", "SN1"].map((serial) => warranties.find((w) => w.serial_number === serial));
  assert.deepEqual([carried.status, carried.end_date, old.status], ["Active", first.end_date, "Void"]);
  assert.equal((await api.get("/assets/by-serial/SN1")).status, "Returned");
  assert.equal((await api.get("/assets/by-serial/SN2")).status, "Sold");
  await assert.rejects(api.post("/warranty-claims", { warranty_id: first.id, issue_description: "again" }), /409 .*Void/);

  // Whoever scans the certificate's code reads the day that was promised at first.
  const page = await openPage(browser, shop.base, { viewport: { width: 360, height: 780 } });
  await page.goto(`${shop.base}/check/${carried.check_code}`);
  const [year, month, day] = first.end_date.split("-").map(Number);
  const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const until = `${day} ${months[month - 1]} ${year}`;
  const told = await page.textContent("main, body");
  assert.ok(told.includes("is valid") && told.includes(until), told);
  assert.ok(!told.includes("Esi") && !told.includes("244123456"), "nothing about the customer");
  assert.deepEqual(page.problems, []);

  const [cost] = (await api.get("/reports/warranty-cost?by=model")).data;
  assert.deepEqual([cost.repaired, cost.replaced, cost.service_cost, cost.replacement_cost], [1, 1, "180.00", "2000.00"]);
  assert.match(await shop.run("verify"), /invariants hold/);
  assert.ok(!shop.log().includes(" ERROR "), shop.log());
});
