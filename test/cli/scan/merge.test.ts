import * as fc from "fast-check";
import type { Found } from "../../../cli/scan/finding";
import { SEVERITIES } from "../../../cli/scan/finding";
import { mergeFindings } from "../../../cli/scan/merge";

const found = (more: Partial<Found>): Found => ({
  kind: "vulnerability",
  ids: ["CVE-1"],
  severity: "high",
  title: "title",
  place: { name: "image:1" },
  package: { name: "lodash", version: "1.0.0" },
  scanner: "trivy",
  ...more,
});

test("what two scanners have found under two names is one finding that names both, as bad as the worse says", () => {
  const all = mergeFindings([
    found({ ids: ["GHSA-1", "CVE-1"], severity: "critical", scanner: "grype", title: "a long description" }),
    found({ severity: "medium", fixed: ["1.0.1"], place: { name: "./image:1" } }),
  ]);
  expect(all).toEqual([
    {
      kind: "vulnerability",
      id: "CVE-1",
      aliases: ["GHSA-1"],
      severity: "critical",
      title: "title",
      package: { name: "lodash", version: "1.0.0" },
      fixed: ["1.0.1"],
      places: [{ name: "image:1" }],
      scanners: [
        { name: "grype", severity: "critical" },
        { name: "trivy", severity: "medium" },
      ],
    },
  ]);
});

test("a name that only a third scanner knows joins two findings", () => {
  const all = mergeFindings([
    found({ ids: ["CVE-1"] }),
    found({ ids: ["GHSA-1"], scanner: "grype" }),
    found({ ids: ["GHSA-1", "CVE-1"], scanner: "osv-scanner" }),
  ]);
  expect(all.map(({ scanners }) => scanners.map(({ name }) => name))).toEqual([
    ["grype", "osv-scanner", "trivy"],
  ]);
});

test("the same in five images is one finding with five places", () => {
  const all = mergeFindings([1, 2, 3, 4, 5].map((tag) => found({ place: { name: `image:${tag}` } })));
  expect(all.map(({ places }) => places.length)).toEqual([5]);
});

test.each<[string, Partial<Found>]>([
  ["another version", { package: { name: "lodash", version: "1.0.1" } }],
  ["another package", { package: { name: "lodash-es", version: "1.0.0" } }],
  ["another vulnerability", { ids: ["CVE-2"] }],
  ["a rule of that name", { kind: "rule", package: undefined as never }],
])("%s is another finding", (_, more) => {
  expect(mergeFindings([found({}), found(more)])).toHaveLength(2);
});

test.each([
  ["a Go module", "golang.org/x/net", "v1.2.3", "golang.org/x/net", "1.2.3"],
  ["Go itself", "stdlib", "go1.26.1", "stdlib", "v1.26.1"],
  ["Maven's group", "org.apache:log4j", "2.0", "log4j", "2.0"],
])("%s has one name, however a scanner writes it", (_, name, version, otherName, otherVersion) => {
  const all = mergeFindings([
    found({ package: { name, version } }),
    found({ package: { name: otherName, version: otherVersion }, scanner: "grype" }),
  ]);
  expect(all).toHaveLength(1);
});

test("the same rule in another line is another finding", () => {
  const rule = (line: number, scanner: string): Found => ({
    kind: "misconfiguration",
    ids: ["DS002"],
    severity: "low",
    title: "",
    place: { name: "./Dockerfile", line },
    scanner,
  });
  const all = mergeFindings([rule(1, "a"), rule(1, "b"), rule(2, "a")]);
  expect(all.map(({ places: [place], scanners }) => [place?.line, scanners.length])).toEqual([
    [1, 2],
    [2, 1],
  ]);
});

/** Findings that share names in every way. */
const any = fc.record({
  ids: fc.uniqueArray(fc.constantFrom("CVE-1", "CVE-2", "GHSA-1", "GHSA-2", "X-1"), {
    minLength: 1,
    maxLength: 3,
  }),
  severity: fc.constantFrom(...SEVERITIES),
  scanner: fc.constantFrom("trivy", "grype", "osv-scanner"),
  place: fc.record({ name: fc.constantFrom("a", "./a", "b") }),
  package: fc.record({ name: fc.constantFrom("p", "q"), version: fc.constantFrom("1", "v1", "2") }),
});

test("the order of files changes nothing, no finding is lost, and no name stands in two findings of a package", () => {
  fc.assert(
    fc.property(fc.array(any, { maxLength: 12 }), fc.nat(), (some, seed) => {
      const all = some.map((one) => found(one));
      const shuffled = all
        .map((one, at) => ({ one, key: (at * 7919 + seed) % 13 }))
        .sort((a, b) => a.key - b.key);
      const merged = mergeFindings(all);
      const outline = (list: ReturnType<typeof mergeFindings>) =>
        list.map(({ id, aliases, severity, places, scanners }) => ({
          id: [id, ...aliases].sort(),
          severity,
          places: places.map(({ name }) => name).sort(),
          scanners,
        }));
      const sorted = (list: ReturnType<typeof mergeFindings>) =>
        outline(list)
          .map((one) => JSON.stringify(one))
          .sort();
      expect(sorted(mergeFindings(shuffled.map(({ one }) => one)))).toEqual(sorted(merged));
      for (const one of all) {
        const home = merged.filter(
          ({ id, aliases, package: of }) =>
            one.ids.some((name) => [id, ...aliases].includes(name)) &&
            of?.name === one.package?.name &&
            of?.version.replace("v", "") === one.package?.version.replace("v", ""),
        );
        expect(home).toHaveLength(1);
        expect(SEVERITIES.indexOf(home[0]?.severity ?? "unknown")).toBeLessThanOrEqual(
          SEVERITIES.indexOf(one.severity),
        );
      }
    }),
  );
});

test("the worst come first", () => {
  const all = SEVERITIES.map((severity, at) => found({ severity, ids: [`CVE-${at}`] })).reverse();
  expect(mergeFindings(all).map(({ severity }) => severity)).toEqual([...SEVERITIES]);
});

test("a hundred thousand places of one finding are no work", () => {
  const all = Array.from({ length: 100_000 }, (_, at) => found({ place: { name: `image:${at}` } }));
  expect(mergeFindings(all)[0]?.places).toHaveLength(100_000);
});
