// Debian's Chromium, as root in a container too, and quiet: it asks no outside host for anything.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";

const screenshots = join(import.meta.dirname, "screenshots");

export const launch = (...more) =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...more,
    ],
  });

/**
 * A person's own browser window. `page.problems` collects what should never happen: errors of scripts, what the content
 * security policy stopped, requests to other hosts, answers of 500 and more.
 */
export const openPage = async (browser, base, options = {}) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.problems = [];
  const told = (...words) => page.problems.push(words.join(" "));
  page.on("pageerror", (error) => told("script:", error.message));
  page.on("console", (message) => {
    // A refused page is an error to the browser's console, but not to us.
    if (message.type() === "error" && !/status of 4\d\d/.test(message.text())) told("console:", page.url(), message.text());
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(base) && !/^(data|blob|about):/.test(request.url())) told("another host:", request.url());
  });
  page.on("response", (answer) => {
    if (answer.status() >= 500) told("answer:", answer.status(), answer.url());
  });
  return page;
};

export const signIn = async (page, base, username, password) => {
  await page.goto(`${base}/sign-in`);
  await page.fill("[name=username]", username);
  await page.fill("[name=password]", password);
  await page.click("button:has-text('Sign in')");
  await page.waitForURL((url) => url.pathname !== "/sign-in");
};

/** Chooses one of a group of radio buttons that look like buttons. */
export const choose = (page, name, value) => page.locator(`label:has(input[name="${name}"][value="${value}"])`).click();

/** Types as a person does: fast typing is a scanner. */
export const typeByHand = (page, text) => page.keyboard.type(text, { delay: 90 });

/** Types as a scanner does, ending with Enter. */
export const scan = async (page, code) => {
  await page.keyboard.type(code);
  await page.keyboard.press("Enter");
};

export const picture = async (page, name) => {
  mkdirSync(screenshots, { recursive: true });
  // Hiding the caret would leave style attributes behind, which the content security policy then stops.
  await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true, caret: "initial" });
};

const LOOKS = [
  ["desk-light", 1280, "light"],
  ["desk-dark", 1280, "dark"],
  ["phone-light", 360, "light"],
  ["phone-dark", 360, "dark"],
];

/** Pictures of the page as it is, on a desk and a phone, in light and dark: it is not wider than the screen, and axe finds nothing. */
export const pictures = async (page, name) => {
  const before = page.viewportSize();
  for (const [look, width, colorScheme] of LOOKS) {
    await page.setViewportSize({ width, height: 740 });
    await page.emulateMedia({ colorScheme });
    await picture(page, `${name}-${look}`);
    const beyond = (await page.evaluate(() => document.documentElement.scrollWidth)) - width;
    assert.ok(beyond <= 0, `${name} is ${beyond} px wider than the screen of ${look}`);
    // The foot of the till stays in sight: at the end of the page it covers nothing. Other pages have the bar at their head alone,
    // which covers nothing at their beginning.
    await page.evaluate(() => scrollTo(0, location.pathname.startsWith("/sell") ? document.body.scrollHeight : 0));
    const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]).analyze();
    assert.deepEqual(violations.map(({ id, nodes }) => `${name} ${look}: ${id} ${nodes.map((node) => node.target.join(" ")).join(", ")}`), []);
  }
  await page.emulateMedia({ colorScheme: null });
  await page.setViewportSize(before);
};
