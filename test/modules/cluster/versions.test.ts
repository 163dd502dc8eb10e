import {
  ADDON_VERSIONS,
  ADDONS,
  isKubernetesVersion,
  KUBERNETES_VERSIONS,
  type KubernetesVersion,
  supportWarning,
  versionFaults,
} from "@groundplan/modules/cluster";
import { assert, constantFrom, date, property } from "fast-check";

const VERSIONS = Object.keys(KUBERNETES_VERSIONS).filter(isKubernetesVersion);

/** What is said of a version at noon of a day. */
function on(version: KubernetesVersion, day: string): string | undefined {
  return supportWarning(version, new Date(`${day}T12:00:00Z`));
}

test("each version is supported for 14 months, and for a year more", () => {
  for (const version of VERSIONS) {
    const { standardUntil, extendedUntil } = KUBERNETES_VERSIONS[version];
    expect(standardUntil).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    expect(Number(extendedUntil.slice(0, 4)) - Number(standardUntil.slice(0, 4))).toBe(1);
    expect(extendedUntil.slice(4)).toBe(standardUntil.slice(4));
  }
});

test("the table runs from the newest to the oldest without a gap", () => {
  const minors = VERSIONS.map((version) => Number(version.split(".")[1]));
  expect(minors).toEqual(minors.map((_, index) => (minors[0] ?? 0) - index));
  const ends = VERSIONS.map((version) => KUBERNETES_VERSIONS[version].standardUntil);
  expect([...ends].sort().reverse()).toEqual(ends);
});

test.each([
  ["1.35", "2026-11-21", undefined],
  ["1.34", "2026-10-02", undefined],
  ["1.34", "2026-10-03", "leaves standard support in 60 days, on 2026-12-02"],
  ["1.34", "2026-11-21", "leaves standard support in 11 days, on 2026-12-02"],
  ["1.34", "2026-12-01", "leaves standard support in 1 day, on 2026-12-02"],
  ["1.34", "2026-12-02", "is in extended support since 2026-12-02, until 2027-12-02"],
  ["1.33", "2026-11-21", "is in extended support since 2026-07-29"],
  ["1.32", "2027-03-22", "is in extended support"],
  ["1.32", "2027-03-23", "lost its extended support on 2027-03-23"],
] as const)("%s on %s", (version, day, said) => {
  if (said === undefined) expect(on(version, day)).toBeUndefined();
  else expect(on(version, day)).toContain(said);
});

test("a day ends in UTC", () => {
  expect(supportWarning("1.34", new Date("2026-12-01T23:59:59Z"))).toContain("leaves standard support");
  expect(supportWarning("1.34", new Date("2026-12-02T00:00:00Z"))).toContain("is in extended support");
});

test("once there is a warning it never goes away again", () => {
  const day = date({ min: new Date("2025-01-01"), max: new Date("2030-01-01"), noInvalidDate: true });
  assert(
    property(constantFrom(...VERSIONS), day, day, (version, one, other) => {
      const [earlier, later] = one < other ? [one, other] : [other, one];
      if (supportWarning(version, earlier) !== undefined)
        expect(supportWarning(version, later)).toBeDefined();
    }),
  );
});

test.each(["1.31", "1.37", "1.35.3", "v1.35", "1.4", "", "constructor", "latest"])(
  "%j is refused",
  (version) => {
    const [fault, ...rest] = versionFaults(version);
    expect(rest).toEqual([]);
    expect(fault?.what).toContain(`EKS does not support Kubernetes ${JSON.stringify(version)} (checked `);
    expect(fault?.instead).toBe(`use one of ${VERSIONS.join(", ")}`);
  },
);

test("every version has a pinned build of every add-on, and kube-proxy that of its own minor", () => {
  expect(Object.keys(ADDON_VERSIONS)).toEqual(VERSIONS);
  for (const version of VERSIONS) {
    expect(Object.keys(ADDON_VERSIONS[version]).sort()).toEqual([...ADDONS].sort());
    for (const build of Object.values(ADDON_VERSIONS[version])) {
      expect(build).toMatch(/^v\d+\.\d+\.\d+-eksbuild\.\d+$/);
    }
    expect(ADDON_VERSIONS[version]["kube-proxy"].startsWith(`v${version}.`)).toBe(true);
  }
});
