import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readScans } from "../../../cli/scan/read";
import { temporaryFolder } from "../../temporary-folder";
import { grype, IMAGE, osv, REAL, sarif, trivy } from "./results";

const folder = temporaryFolder("scan-read");

/** A file with a document, or with a text. */
function file(document: unknown): string {
  const path = join(folder, "results.json");
  writeFileSync(path, typeof document === "string" ? document : JSON.stringify(document));
  return path;
}

/** What is read of a document. */
function read(document: unknown) {
  const [results] = readScans([file(document)]);
  if (!results) throw new Error("nothing was read");
  return results;
}

test("reads what Hadolint has written", () => {
  const [results] = readScans([REAL.hadolint]);
  expect(results?.scanners).toEqual(["hadolint 2.15.1"]);
  expect(results?.found).toHaveLength(7);
  expect(results?.found.find(({ ids }) => ids[0] === "DL3020")).toEqual({
    kind: "misconfiguration",
    ids: ["DL3020"],
    severity: "high",
    title: "Use COPY instead of ADD for files and folders",
    place: { name: "src/Dockerfile", line: 3 },
    scanner: "hadolint",
  });
});

test("reads what Checkov has written, whose rules have no other severity than error", () => {
  const [results] = readScans([REAL.checkov]);
  expect(results?.scanners).toEqual(["checkov 3.3.30"]);
  expect(results?.found.map(({ ids: [id], severity, place }) => `${id} ${severity} ${place.line}`)).toEqual([
    "CKV_DOCKER_7 high 1",
    "CKV_DOCKER_4 high 3",
    "CKV_DOCKER_2 high 1",
    "CKV_DOCKER_3 high 1",
  ]);
});

test("reads vulnerabilities, misconfigurations and secrets of Trivy, and never the text of a secret", () => {
  const more = [
    {
      Target: "Dockerfile",
      Misconfigurations: [
        { ID: "DS002", AVDID: "AVD-DS-0002", Message: "Specify a USER", Severity: "HIGH", Status: "FAIL" },
        { ID: "DS026", Message: "fine", Severity: "LOW", Status: "PASS" },
      ],
    },
    {
      Target: "deploy.sh",
      Secrets: [
        {
          RuleID: "aws-key",
          Title: "Key",
          Severity: "CRITICAL",
          StartLine: 3,
          Match: "AKIAIOSFODNN7EXAMPLE",
        },
      ],
    },
  ];
  const document = { ...trivy([{ id: "CVE-2021-23337", severity: "HIGH", fixed: "4.17.21, 5.0.0" }], more) };
  const { found } = read({ ...document, ArtifactType: "repository" });
  expect(found.map(({ kind, ids, severity, place }) => [kind, ids.join(), severity, place])).toEqual([
    ["vulnerability", "CVE-2021-23337", "high", { name: "Node.js" }],
    ["misconfiguration", "DS002,AVD-DS-0002", "high", { name: "Dockerfile" }],
    ["secret", "aws-key", "critical", { name: "deploy.sh", line: 3 }],
  ]);
  expect(found[0]?.fixed).toEqual(["4.17.21", "5.0.0"]);
  expect(JSON.stringify(found)).not.toContain("AKIA");
  expect(read(document).found.map(({ place }) => place.name)).toEqual([IMAGE, IMAGE, IMAGE]);
});

test("reads what grype has written, with the names that it knows besides", () => {
  const { found, scanners } = read(
    grype([{ id: "GHSA-35jh-r3h4-6jhm", severity: "Negligible", aliases: ["CVE-2021-23337"] }]),
  );
  expect(scanners).toEqual(["grype 0.121.2"]);
  expect(found).toMatchObject([
    { ids: ["GHSA-35jh-r3h4-6jhm", "CVE-2021-23337"], severity: "low", place: { name: IMAGE } },
  ]);
});

test("reads what osv-scanner has written: the group's score, else the advisory's word, and the package's own fix", () => {
  const [first] = read(osv(["GHSA-35jh-r3h4-6jhm", "CVE-2021-23337"], "9.1")).found;
  expect(first).toMatchObject({
    ids: ["GHSA-35jh-r3h4-6jhm", "CVE-2021-23337"],
    severity: "critical",
    fixed: ["4.17.21"],
    place: { name: "package-lock.json" },
  });
  expect(read(osv(["GHSA-35jh-r3h4-6jhm"], "")).found[0]?.severity).toBe("high");
});

test("reads vulnerabilities of CycloneDX, without those that an analysis has settled", () => {
  const vulnerability = (id: string, more: object) => ({ id, affects: [{ ref: "a" }], ...more });
  const { found } = read({
    bomFormat: "CycloneDX",
    metadata: { tools: { components: [{ name: "grype", version: "1" }] }, component: { name: IMAGE } },
    components: [{ "bom-ref": "a", group: "@scope", name: "lodash", version: "4.17.15" }],
    vulnerabilities: [
      vulnerability("CVE-1", { ratings: [{ score: 9.8 }, { severity: "low" }] }),
      vulnerability("CVE-2", { ratings: [{ severity: "critical" }], analysis: { state: "not_affected" } }),
    ],
  });
  expect(found).toMatchObject([
    { ids: ["CVE-1"], severity: "critical", package: { name: "@scope/lodash", version: "4.17.15" } },
  ]);
});

test("a leaked secret is critical though its linter says nothing of it, and the line of code is not read", () => {
  const region = { startLine: 7, snippet: { text: "AKIAIOSFODNN7EXAMPLE" } };
  const location = { physicalLocation: { artifactLocation: { uri: "a%20b.env" }, region } };
  const { found } = read(sarif([{ ruleId: "aws-key", message: { text: "found" }, locations: [location] }]));
  expect(found).toEqual([
    {
      kind: "secret",
      ids: ["aws-key"],
      severity: "critical",
      title: "found",
      place: { name: "a b.env", line: 7 },
      scanner: "gitleaks",
    },
  ]);
});

test("the score of a rule comes before its level, and what passed, or is suppressed, is no finding", () => {
  const rules = [
    { id: "a", properties: { "security-severity": "9.8" } },
    { id: "b", defaultConfiguration: { level: "note" } },
  ];
  const results = [
    { ruleId: "a", level: "note" },
    { ruleIndex: 1 },
    { ruleId: "c" },
    { ruleId: "d", kind: "pass" },
    { ruleId: "e", level: "none" },
    { ruleId: "f", suppressions: [{ kind: "inSource" }] },
    { ruleId: "g", level: "error", suppressions: [{ kind: "external", status: "rejected" }] },
  ];
  const { found } = read(sarif(results, { driver: { name: "CodeQL", rules } }));
  expect(found.map(({ ids: [id], severity }) => `${id} ${severity}`)).toEqual([
    "a critical",
    "b low",
    "c medium",
    "g high",
  ]);
});

test("a scanner that did not come to its end says so", () => {
  const invocations = [
    { executionSuccessful: false, toolExecutionNotifications: [{ message: { text: "no database" } }] },
  ];
  const { found, failures } = read(sarif([], { run: { invocations } }));
  expect([found, failures]).toEqual([[], ["gitleaks did not come to its end: no database"]]);
});

test.each([
  ["a clean image of Trivy", trivy([]), "trivy 0.74.0"],
  ["one with no results at all", { SchemaVersion: 2, ArtifactName: "scratch", Results: null }, "trivy"],
  ["grype's", grype([]), "grype 0.121.2"],
  ["osv-scanner's", { results: null, experimental_config: {} }, "osv-scanner"],
  ["SARIF without results", sarif([]), "gitleaks 8.30.1"],
  ["with a byte order mark", `\uFEFF${JSON.stringify(grype([]))}`, "grype 0.121.2"],
])("nothing is found in %s", (_, document, scanner) => {
  expect(read(document)).toEqual({ scanners: [scanner], found: [], failures: [] });
});

test.each([
  [
    "a bill of materials that nobody has scanned",
    "",
    "it lists 2 components and no vulnerabilities. Scan it, and name",
  ],
  [
    "one of Trivy, which writes an empty list though nobody has looked",
    { bomFormat: "CycloneDX", components: [{ name: "a" }], vulnerabilities: [] },
    "it lists 1 components and no vulnerabilities",
  ],
  [
    "Checkov's own JSON",
    { check_type: "dockerfile", results: { passed_checks: [] } },
    "it is no format that is known",
  ],
  ["an empty file", " ", "it is empty"],
  ["a file of another version", { version: "2.0.0", runs: [] }, "/version must be equal to constant"],
  ["a severity that is a number", trivy([{ id: "CVE-1", severity: 3 as never }]), "/Severity must be string"],
  ["a vulnerability without a name", { matches: [{ vulnerability: {}, artifact: {} }] }, "'id'"],
  ["a list", [], "it is no format that is known"],
])("refuses %s: nobody is to take it for clean", (_, document, why) => {
  expect(() => readScans([document === "" ? REAL.sbom : file(document)])).toThrow(why);
});

test("names every file that cannot be read", () => {
  expect(() => readScans([join(folder, "none.json"), REAL.hadolint, folder])).toThrow(
    /none\.json: it is not there\n.*: it is a folder/,
  );
});
