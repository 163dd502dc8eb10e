import { type Allowance, judge } from "../../../cli/scan/allow";
import { mergeFindings } from "../../../cli/scan/merge";

const findings = mergeFindings(
  ["image:1", "image:2"].map((name) => ({
    kind: "vulnerability" as const,
    ids: ["CVE-2026-1", "GHSA-a"],
    severity: "high" as const,
    title: "",
    place: { name },
    package: { name: "openssl", version: "3" },
    scanner: "trivy",
  })),
);

const allowance = (more: Partial<Allowance> = {}): Allowance => ({
  id: "CVE-2026-1",
  until: "2026-11-30",
  reason: "the image has no such server",
  ...more,
});

const TODAY = "2026-11-30";

test.each<[string, Partial<Allowance>]>([
  ["its name", {}],
  ["another name of it", { id: "ghsa-A" }],
  ["its package", { package: "open*" }],
  ["all of its places", { place: "image:*" }],
])("a finding is let pass by %s, on its last day too", (_, more) => {
  const one = judge(findings, [allowance(more)], TODAY);
  expect([one.findings, one.allowed.length, one.expired, one.unused]).toEqual([[], 1, [], []]);
});

test.each<[string, Partial<Allowance>]>([
  ["another name", { id: "CVE-2026-10" }],
  ["another package", { package: "openss" }],
  ["one of its places", { place: "image:1" }],
  ["a pattern that is one for regular expressions", { package: "open.*" }],
])("a finding still counts beside an entry of %s, which is named as unused", (_, more) => {
  const one = judge(findings, [allowance(more)], TODAY);
  expect([one.findings, one.allowed, one.unused.length]).toEqual([findings, [], 1]);
});

test.each(["2026-11-29", "2027-02-30", "2027-13-01"])("a finding counts again after %s", (until) => {
  const one = judge(findings, [allowance({ until })], TODAY);
  expect([one.findings, one.allowed, one.expired.length, one.unused]).toEqual([findings, [], 1, []]);
});
