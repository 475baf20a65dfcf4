/*
 * Lighthouse, several pages in one browser: {"chrome": path, "flags": […], "runs": [{"url", "categories"}]} on standard
 * input; for each run, scores by category, what lowered them, and the measures, on standard output.
 *
 * The phone that is simulated is the same on every machine: Lighthouse slows the processor down four times, which makes
 * a phone of a fast machine only. A first run asks how fast this one is (Lighthouse's own benchmark), and the others are
 * slowed to PHONE, the mark that Chromium's developer tools calibrate a middling phone by; never more than four times.
 */
import { json } from "node:stream/consumers";
import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";

const MEASURES = ["first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift", "speed-index"];
const PHONE = 1000;
const MOST = 4;
const asked = await json(process.stdin);
const chrome = await launch({ chromePath: asked.chrome, chromeFlags: ["--headless=new", ...asked.flags] });
const answers = [];
try {
  const run = async (url, flags) => (await lighthouse(url, { port: chrome.port, output: "json", logLevel: "error", ...flags })).lhr;
  const first = await run(asked.runs[0].url, { onlyAudits: ["document-title"] });
  const slower = Math.min(MOST, first.environment.benchmarkIndex / PHONE);
  for (const { url, categories } of asked.runs) {
    const throttling = { ...first.configSettings.throttling, cpuSlowdownMultiplier: slower };
    const lhr = await run(url, { onlyCategories: categories, throttling });
    const lowered = (name) => lhr.categories[name].auditRefs
      .filter(({ id, weight }) => weight && lhr.audits[id].score !== null && lhr.audits[id].score < 1).map(({ id }) => id);
    answers.push({
      url, error: lhr.runtimeError ? lhr.runtimeError.message : "",
      scores: Object.fromEntries(categories.map((name) => [name, Math.round(lhr.categories[name].score * 100)])),
      lowered: Object.fromEntries(categories.map((name) => [name, lowered(name)])),
      slower,
      measures: Object.fromEntries(MEASURES.filter((id) => lhr.audits[id]).map((id) => [id, lhr.audits[id].numericValue])),
    });
  }
} finally {
  chrome.kill();
}
process.stdout.write(JSON.stringify(answers));
