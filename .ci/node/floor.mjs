/*
 * What the oldest browsers of the site do not know of scripts and style sheets: {"name.js": text, "name.css": text} on
 * standard input, [[name, what, line, message], …] on standard output. tests/test_floor.py says what is an exception.
 */
import { json } from "node:stream/consumers";
import compat from "eslint-plugin-compat";
import { Linter } from "eslint";
import stylelint from "stylelint";
import features from "stylelint-no-unsupported-browser-features";

const BROWSERS = ["chrome 86", "safari 13"];

/* Syntax: what came with ES2020 and Safari 13.0 lacks; anything newer cannot be parsed as ES2020. import() it knows. */
const NEWER = {
  ChainExpression: "?.", "LogicalExpression[operator='??']": "??", "Literal[bigint]": "1n",
  "ExportAllDeclaration[exported]": "export * as", "Literal[regex.pattern=/\\(\\?<[=!]/]": "(?<=",
};
const SCRIPTS = {
  files: ["**/*.js"],
  plugins: { compat },
  languageOptions: { ecmaVersion: 2020, sourceType: "script" },
  linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: "off" },
  settings: { targets: BROWSERS, lintAllEsApis: true },
  rules: {
    "compat/compat": "error",
    "no-restricted-syntax": ["error", ...Object.entries(NEWER).map(([selector, message]) => ({ selector, message }))],
  },
};
/* What the table of features does not know, and no style sheet of ours needs. */
const SHEETS = {
  plugins: [features],
  rules: {
    "plugin/no-unsupported-browser-features": [true, { browsers: BROWSERS }],
    "selector-pseudo-class-disallowed-list": ["is", "where"],
    "function-disallowed-list": ["light-dark", "color-mix", "oklch", "oklab"],
    "property-disallowed-list": ["inset", "/^inset-/", "translate", "rotate", "scale", "accent-color"],
    "at-rule-disallowed-list": ["container", "layer", "scope", "starting-style"],
  },
};

function script(name, text) {
  return new Linter().verify(text, SCRIPTS, { filename: name }).map(
    ({ ruleId, line, message }) => [name, ruleId === "compat/compat" ? message.split(" is not")[0] : ruleId || "syntax", line, message],
  );
}

async function sheet(name, text) {
  const { results } = await stylelint.lint({ code: text, codeFilename: name, config: SHEETS, disableDefaultIgnores: true });
  return results.flatMap(({ warnings }) => warnings.map(
    ({ rule, line, text: message }) => [name, (/feature "([^"]+)"/.exec(message) || [])[1] || rule, line, message],
  ));
}

const sources = Object.entries(await json(process.stdin));
const found = await Promise.all(sources.map(([name, text]) => (name.endsWith(".css") ? sheet : script)(name, text)));
process.stdout.write(JSON.stringify(found.flat()));
