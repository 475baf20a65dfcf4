/*
 * Lighthouse, several pages in one browser: {"chrome": path, "flags": […], "runs": [{"url", "categories"}]} on standard
 * input; for each run, scores by category, what lowered them, and the measures, on standard output.
 */
import { json } from "node:stream/consumers";
import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";

const MEASURES = ["first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift", "speed-index"];
const asked = await json(process.stdin);
const chrome = await launch({ chromePath: asked.chrome, chromeFlags: ["--headless=new", ...asked.flags] });
const answers = [];
try {
  for (const { url, categories } of asked.runs) {
    const { lhr } = await lighthouse(url, { port: chrome.port, onlyCategories: categories, output: "json", logLevel: "error" });
    const lowered = (name) => lhr.categories[name].auditRefs
      .filter(({ id, weight }) => weight && lhr.audits[id].score !== null && lhr.audits[id].score < 1).map(({ id }) => id);
    answers.push({
      url, error: lhr.runtimeError ? lhr.runtimeError.message : "",
      scores: Object.fromEntries(categories.map((name) => [name, Math.round(lhr.categories[name].score * 100)])),
      lowered: Object.fromEntries(categories.map((name) => [name, lowered(name)])),
      measures: Object.fromEntries(MEASURES.filter((id) => lhr.audits[id]).map((id) => [id, lhr.audits[id].numericValue])),
    });
  }
} finally {
  chrome.kill();
}
process.stdout.write(JSON.stringify(answers));
