/** Packages without a CommonJS build: jest cannot load them as they are. */
const ESM_PACKAGES = [
  "@octokit/[^/]+",
  "@sec-ant/readable-stream",
  "@sindresorhus/merge-streams",
  "ansi-escapes",
  "ansi-regex",
  "ansi-styles",
  "before-after-hook",
  "cli-cursor",
  "chokidar",
  "cli-truncate",
  "content-type",
  "execa",
  "figures",
  "get-east-asian-width",
  "get-stream",
  "human-signals",
  "is-fullwidth-code-point",
  "is-plain-obj",
  "is-stream",
  "is-unicode-supported",
  "json-with-bigint",
  "marked",
  "npm-run-path",
  "onetime",
  "parse-ms",
  "path-key",
  "pretty-ms",
  "readdirp",
  "restore-cursor",
  "signal-exit",
  "slice-ansi",
  "string-width",
  "strip-ansi",
  "strip-final-newline",
  "unicorn-magic",
  "universal-github-app-jwt",
  "universal-user-agent",
  "wrap-ansi",
  "yoctocolors",
];

const swc = (syntax) => [
  "@swc/jest",
  {
    swcrc: false,
    jsc: { parser: { syntax }, target: "es2022" },
    module: { type: "commonjs" },
    sourceMaps: "inline",
  },
];

/** One kind of test: its name, its files, and those that belong to another kind. */
const kind = (displayName, testMatch, testPathIgnorePatterns) => ({
  displayName,
  rootDir: __dirname,
  roots: ["<rootDir>/test"],
  testMatch,
  testPathIgnorePatterns: ["/node_modules/", "/test/lint/fixture/", ...testPathIgnorePatterns],
  setupFilesAfterEnv: ["<rootDir>/tools/test/timeout.js", "<rootDir>/tools/test/creation-stacks.js"],
  testEnvironment: "<rootDir>/tools/test/environment.js",
  transform: { "\\.ts$": swc("typescript"), "node_modules/.+\\.m?js$|tools/.+\\.mjs$": swc("ecmascript") },
  transformIgnorePatterns: [`/node_modules/(?!(${ESM_PACKAGES.join("|")})/)`],
  moduleNameMapper: {
    "^@groundplan/modules/(.*)$": "<rootDir>/modules/$1",
    "^@groundplan/local$": "<rootDir>/local",
    // A part of a command that is loaded when it is run: Node wants the ending of what is imported so.
    "^(\\./(?:(?:artifact|gitops)-[a-z-]+|(?:image|preview|runner)/[a-z-]+))\\.js$": "$1",
    // It has no entry for require, by which jest resolves.
    "^unicorn-magic$": "<rootDir>/node_modules/unicorn-magic/node.js",
  },
  modulePathIgnorePatterns: [
    "<rootDir>/dist/",
    "<rootDir>/cdktf.out/",
    "<rootDir>/\\.groundplan/",
    "<rootDir>/cli/dist/",
  ],
});

/**
 * Five kinds of tests, by the end of the file's name.
 *
 * Unit tests need nothing but Node and start no program; `*.program.test.ts` start some: git, npm, the compiler, the
 * command line. `*.terraform.test.ts` need Terraform with the AWS provider,
 * `*.emulator.test.ts` the local AWS emulator too, and `*.cluster.test.ts` the Kubernetes control plane that
 * is built from `local/tools/go.mod`. `npm test` runs them in lanes beside each other.
 *
 * @type {import("jest").Config}
 */
module.exports = {
  testSequencer: "<rootDir>/tools/test/sequencer.js",
  projects: [
    kind("unit", ["**/*.test.ts"], ["\\.(program|terraform|emulator|cluster)\\.test\\.ts$"]),
    kind("program", ["**/*.program.test.ts"], []),
    kind("terraform", ["**/*.terraform.test.ts"], []),
    kind("emulator", ["**/*.emulator.test.ts"], []),
    kind("cluster", ["**/*.cluster.test.ts"], []),
  ],
};
