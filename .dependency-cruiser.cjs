/**
 * Which file may import which, beyond what biome.json holds: the storeys of cli/, the services of local/, and no circle
 * anywhere. docs/architecture.md draws it. Types count: a file that needs another one's types cannot be read without it.
 */

/** The folders of cli/, from the top down: each may import those below it, and none above. */
const STOREYS = [
  "commands",
  "formats",
  "local",
  "preview",
  "runner",
  "doctor",
  "bootstrap",
  "generate",
  "artifact",
  "gitops",
  "notify",
  "delivery",
  "drift",
  "scan",
  "apply",
  "comment",
  "report",
  "cost",
  "plan",
  "watch",
  "affected",
  "list",
  "state",
  "completion",
  "terraform",
  "github",
  "kubernetes",
  "project",
  "git",
  "aws",
  "progress",
  "page",
  "process",
  "input",
  "console",
];

/** A folder that no row names has no place yet. */
const unplaced = {
  name: "cli-folder-without-storey",
  comment: "Add the folder to STOREYS in .dependency-cruiser.cjs, above all that it imports.",
  severity: "error",
  from: {},
  to: { path: "^cli/[^/]+/", pathNot: `^cli/(${STOREYS.join("|")}|bin|dist|node_modules)/` },
};

const downward = STOREYS.slice(1).map((storey, below) => ({
  name: `cli-${storey}-imports-downward`,
  comment: `cli/${storey}/ may import only what stands below it in STOREYS of .dependency-cruiser.cjs.`,
  severity: "error",
  from: { path: `^cli/${storey}/` },
  to: { path: `^cli/((${STOREYS.slice(0, below + 1).join("|")})/|main\\.ts$)` },
}));

module.exports = {
  forbidden: [
    {
      name: "no-circle",
      comment: "Move what both need into a file of its own, below them.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "command-imports-no-command",
      comment:
        "What two commands need is an engine's. A group of subcommands may import its own parts, and index.ts lists all.",
      severity: "error",
      from: { path: "^cli/commands/([a-z]+)", pathNot: "^cli/commands/index\\.ts$" },
      to: { path: "^cli/commands/", pathNot: "^cli/commands/($1[-/]|options\\.ts$|confirm\\.ts$)" },
    },
    {
      name: "artifact-knows-no-kind",
      comment:
        "What is true of any artifact imports nothing of a kind: lambda/, image/ and ami/ stand above it.",
      severity: "error",
      from: { path: "^cli/artifact/[^/]+\\.ts$" },
      to: { path: "^cli/artifact/[^/]+/" },
    },
    {
      name: "local-service-knows-no-other",
      comment: "To mend an answer is to open one folder: what two services need goes into a room below them.",
      severity: "error",
      from: { path: "^local/services/([^/]+)/" },
      to: { path: "^local/services/[^/]+/", pathNot: "^local/services/$1/" },
    },
    {
      name: "local-machinery-knows-no-service",
      comment: "The gateway and the emulators get what local/services/ registers; they import none of it.",
      severity: "error",
      from: { path: "^local/(gateway|engines|credentials|files|process)/" },
      to: { path: "^local/services/" },
    },
    unplaced,
    ...downward,
  ],
  options: {
    parser: "swc",
    doNotFollow: { path: ["node_modules", "(^|/)dist/", "^\\.gen/"] },
    exclude: { path: ["(^|/)node_modules/", "(^|/)dist/", "^\\.gen/", "\\.json$"] },
    enhancedResolveOptions: { extensions: [".ts", ".mjs", ".cjs", ".js"] },
  },
};
