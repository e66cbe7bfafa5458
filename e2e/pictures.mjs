// Pictures of pages on a phone and a desk, in light and dark, with what axe finds on each and what is wider than the screen.
//
//   node pictures.mjs --base http://127.0.0.1:8080 --user admin --password … --out /tmp/pictures /sell /devices …
import { mkdirSync } from "node:fs";
import { parseArgs } from "node:util";
import { AxeBuilder } from "@axe-core/playwright";
import { launch, signIn } from "./browser.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    base: { type: "string", default: "http://127.0.0.1:8080" },
    user: { type: "string" },
    password: { type: "string" },
    out: { type: "string", default: "pictures" },
    "without-script": { type: "boolean", default: false },
  },
});
const paths = positionals.length
  ? positionals
  : ["/", "/sell", "/devices", "/bench", "/receive", "/stock", "/customers", "/invoices", "/models", "/reports", "/settings", "/account"];
const looks = [
  { name: "desk-light", width: 1280, height: 800, colorScheme: "light" },
  { name: "desk-dark", width: 1280, height: 800, colorScheme: "dark" },
  { name: "phone-light", width: 360, height: 740, colorScheme: "light" },
  { name: "phone-dark", width: 360, height: 740, colorScheme: "dark" },
  { name: "narrow", width: 320, height: 640, colorScheme: "light" },
];

mkdirSync(values.out, { recursive: true });
const browser = await launch();
let findings = 0;
const report = (...words) => {
  findings += 1;
  console.log(...words);
};

for (const { name, width, height, colorScheme } of looks) {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme,
    hasTouch: width < 500,
    isMobile: width < 500,
    reducedMotion: "reduce",
    javaScriptEnabled: !values["without-script"],
  });
  const page = await context.newPage();
  page.on("console", (message) => message.type() === "error" && report("console", page.url(), message.text()));
  page.on("pageerror", (error) => report("error", page.url(), error.message));
  if (values.user) await signIn(page, values.base, values.user, values.password);
  for (const path of paths) {
    await page.goto(values.base + path, { waitUntil: "networkidle" });
    const file = path.replaceAll(/[^a-z0-9]+/gi, "-").replace(/^-|-$/g, "") || "first";
    await page.screenshot({ path: `${values.out}/${file}-${name}.png`, fullPage: true });
    if (values["without-script"]) continue;
    const beyond = (await page.evaluate(() => document.documentElement.scrollWidth)) - width;
    if (beyond > 0) report("wider than the screen", path, name, `${beyond} px`);
    const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]).analyze();
    for (const { id, nodes } of violations) report("axe", path, name, id, nodes.map((node) => node.target.join(" ")).join(", "));
  }
  await context.close();
}
await browser.close();
console.log(findings ? `${findings} findings` : "No finding.");
process.exitCode = findings ? 1 : 0;
