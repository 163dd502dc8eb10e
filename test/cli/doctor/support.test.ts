import LAMBDA from "../../../cli/artifact/runtimes.json";
import {
  checkSupport,
  endOfSupport,
  NOTICE_DAYS,
  pinnedVersions,
  supportWarnings,
} from "../../../cli/doctor/support";
import SUPPORT from "../../../cli/doctor/support.json";
import type { Stack } from "../../../cli/project/project";
import { KUBERNETES_VERSIONS } from "../../../modules/cluster/versions";
import { ARGO_CD } from "../../../modules/gitops/charts";
import { RUNTIMES, RUNTIMES_CHECKED } from "../../../modules/serverless/runtimes";
import { ownStacks } from "../../stacks/own-stacks";

const stacks = [...ownStacks()].map(([name, json]) => ({
  name,
  json: JSON.parse(json),
})) as unknown as Stack[];
const pinned = pinnedVersions(stacks);

/** With `GROUNDPLAN_SUPPORT_DAYS=90`, as nightly.yml says, a default fails so many days before its end. */
const DAYS = Number(process.env.GROUNDPLAN_SUPPORT_DAYS ?? 0);

test("every kind of version is found in the stacks, and has an end of support", () => {
  expect([...new Set(pinned.map(({ kind }) => kind))].sort()).toEqual([
    "charts",
    "images",
    "kubernetes",
    "runtimes",
  ]);
  // The autoscaler is supported as long as the Kubernetes of its minor; its image says which.
  const open = pinned.filter((one) => endOfSupport(one) === undefined).map(({ version }) => version);
  expect(open.filter((version) => !version.startsWith("cluster-autoscaler "))).toEqual([]);
  expect(pinned).toContainEqual(
    expect.objectContaining({ version: `argo-cd ${ARGO_CD.appVersion.split(".").slice(0, 2).join(".")}` }),
  );
});

test("no default is past its end of support, or will soon be", () => {
  const day = new Date(Date.now() + DAYS * 86_400_000).toISOString().slice(0, 10);
  const ended = pinned.filter((one) => (endOfSupport(one) ?? "9") <= day);
  expect(ended.map(({ version }) => `${version} is without support on ${day}`)).toEqual([]);
});

test("the ends of Kubernetes are those by which synth warns", () => {
  const ends = Object.entries(KUBERNETES_VERSIONS).map(([version, { standardUntil }]) => [
    version,
    standardUntil,
  ]);
  expect(SUPPORT.kubernetes.until).toEqual(Object.fromEntries(ends));
});

test("the ends of Lambda's runtimes are those by which synth refuses", () => {
  expect(LAMBDA.checked).toBe(RUNTIMES_CHECKED);
  for (const [runtime, day] of Object.entries(LAMBDA.until))
    expect([runtime, RUNTIMES[runtime]]).toEqual([runtime, day]);
  const recent = Object.keys(RUNTIMES).filter((runtime) => (RUNTIMES[runtime] ?? "") > "2025-06-30");
  expect(Object.keys(LAMBDA.until).sort()).toEqual(recent.sort());
});

test("a day that nobody has published is said to be expected", () => {
  const of = (version: string, day: string) =>
    supportWarnings([{ kind: "charts", version, stacks: ["dev-x"] }], new Date(`${day}T00:00:00Z`));
  expect(of("argo-cd 3.4", "2026-11-30")).toEqual([
    "argo-cd 3.4 is expected to lose its support on 2027-02-02 (dev-x)",
  ]);
  expect(of("argo-cd 3.4", "2027-02-02")).toEqual([
    "argo-cd 3.4 was expected to lose its support on 2027-02-02 (dev-x)",
  ]);
  expect(of("argo-cd 3.3", "2026-11-30")).toEqual([
    "argo-cd 3.3 is without support since 2026-11-03 (dev-x)",
  ]);
});

test("each kind names where its days are from, and by what they were confirmed", () => {
  for (const { source, confirmed, until } of [SUPPORT.kubernetes, LAMBDA, SUPPORT.charts, SUPPORT.images]) {
    expect(source).toMatch(/^https:\/\/\S+$/);
    expect(confirmed).toMatch(/\d{4}-\d{2}-\d{2}/);
    expect(Object.keys(until)).not.toEqual([]);
  }
  for (const version of SUPPORT.charts.expected) expect(SUPPORT.charts.until).toHaveProperty([version]);
});

test("every end is a day", () => {
  for (const { until } of [SUPPORT.kubernetes, LAMBDA, SUPPORT.charts, SUPPORT.images])
    for (const day of Object.values(until))
      expect([day, new Date(`${day}T00:00:00Z`).toISOString().slice(0, 10)]).toEqual([day, day]);
});

const stack = (resource: object) => ({ name: "dev-x", json: { resource } }) as unknown as Stack;
const OLD = stack({ aws_lambda_function: { a: { runtime: "nodejs20.x" }, b: { runtime: "unheard-of" } } });

test.each([
  ["2026-01-29", []],
  ["2026-01-30", ["Lambda runtime nodejs20.x loses its support on 2026-04-30 (dev-x)"]],
  ["2026-04-30", ["Lambda runtime nodejs20.x is without support since 2026-04-30 (dev-x)"]],
])(`it is said ${NOTICE_DAYS} days before: %s`, (day, said) => {
  expect(supportWarnings(pinnedVersions([OLD]), new Date(`${day}T00:00:00Z`))).toEqual(said);
});

test("what is out of support is found among the versions of any project: a planted one of each kind", () => {
  const planted = stack({
    aws_eks_cluster: { a: { version: "1.32" } },
    aws_eks_node_group: { a: { ami_type: "AL2_x86_64" } },
    aws_lambda_function: { a: { runtime: "python3.9" } },
    helm_release: {
      a: { chart: "argo-cd", values: ['{"global":{"domain":"x","image":{"tag":"v3.2.6"}}}'] },
      b: { chart: "cert-manager", version: "v1.19.6", values: ["{}"] },
      c: { chart: "something", version: "1.2.3", values: ["{}"] },
    },
  });
  const { level, found } = checkSupport([planted], new Date("2026-11-30T00:00:00Z"));
  expect(level).toBe("warn");
  expect(found).not.toContain("something");
  for (const what of [
    "Kubernetes 1.32",
    "Amazon Linux AL2 ",
    "python3.9",
    "argo-cd 3.2",
    "cert-manager 1.19",
  ])
    expect(found).toContain(what);
});

test("a project without such versions is well", () => {
  expect(checkSupport([stack({ aws_vpc: { a: {} } })])).toMatchObject({ level: "ok" });
});
