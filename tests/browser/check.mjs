// Opens each report from disk in headless Chromium and fails on a console error, a page error, any network request,
// a horizontal scroll bar at phone width, or a violation found by axe-core. Usage: node check.mjs REPORT.html ...
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
const sizes = { desktop: { width: 1200, height: 900 }, phone: { width: 390, height: 844 } };
let passed = 0;
let failed = 0;
const judge = (name, problems) => {
  if (problems.length === 0) {
    passed += 1;
    return;
  }
  failed += 1;
  console.log(`FAILED ${name}`);
  for (const problem of problems.slice(0, 20)) console.log(`  ${problem}`);
};

for (const file of process.argv.slice(2)) {
  const url = pathToFileURL(resolve(file)).href;
  for (const [size, viewport] of Object.entries(sizes)) {
    const context = await browser.newContext({ viewport, colorScheme: "light" });
    const page = await context.newPage();
    const errors = [];
    const requests = [];
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") errors.push(`console ${message.type()}: ${message.text()}`);
    });
    page.on("pageerror", (error) => errors.push(`page error: ${error.message}`));
    page.on("request", (request) => {
      if (request.url() !== url && !request.url().startsWith("data:")) requests.push(`request: ${request.url()}`);
    });
    await page.goto(url, { waitUntil: "load" });
    judge(`${file} ${size}: console`, errors);
    judge(`${file} ${size}: network`, requests);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    judge(`${file} ${size}: width`, overflow > 1 ? [`the page is ${overflow} px wider than the screen`] : []);
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await page.evaluate(axe);
      const result = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
      judge(
        `${file} ${size} ${colorScheme}: accessibility`,
        result.violations.map((v) => `${v.id} (${v.impact}): ${v.help}; ${v.nodes.length} places, first ${v.nodes[0]?.html?.slice(0, 160)}`),
      );
    }
    await context.close();
  }
}
await browser.close();
if (passed + failed === 0) failed = 1;
console.log(`browser: ${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
