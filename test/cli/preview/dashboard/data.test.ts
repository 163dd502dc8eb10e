import { dashboardData } from "../../../../cli/preview/dashboard/data";
import { HOSTILE } from "../../report/html/hostile";
import { record } from "./records";

const now = new Date("2026-11-30T16:00:00Z");
const data = (previews: readonly ReturnType<typeof record>[]) =>
  dashboardData({ platform: "groundplan", region: "us-east-1", previews, now });

test("shows a preview with its links, price and history, the newest first", () => {
  const { madeAt, platform, previews } = data([record("preview-pay")]);
  expect([madeAt, platform]).toEqual(["2026-11-30T16:00:00.000Z", "groundplan"]);
  expect(previews[0]).toMatchObject({
    name: "preview-pay",
    source: "org/app · feature/pay · 0123456789ab",
    monthly: 43.8,
    links: [
      { words: "Open", url: "https://preview-pay.previews.example.com/" },
      {
        words: "Logs",
        url: "https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#logsV2:log-groups/log-group/$252Fgroundplan$252Fpreviews$252Fpreview-pay",
      },
      { words: "Pull request", url: "https://github.com/org/app/pull/7" },
      { words: "Run", url: "https://github.com/org/app/actions/runs/12" },
    ],
  });
  expect(previews[0]?.history.map(({ to }) => to)).toEqual(["active", "provisioning"]);
});

test("nothing of its settings is in it: variables and secrets stay where they are", () => {
  const secretive = { ...record("a"), input: { config: { environment: { KEY: "hunter2" } } } };
  expect(JSON.stringify(data([secretive]))).not.toContain("hunter2");
});

test("one that is gone is not shown", () => {
  expect(data([record("a", { status: "gone" }), record("b")]).previews.map(({ name }) => name)).toEqual([
    "b",
  ]);
});

test("a price that nobody knows is none", () => {
  const [free, odd] = data([
    record("a", { cost: undefined }),
    record("b", { cost: { monthly: Number.NaN } }),
  ]).previews;
  expect(free).not.toHaveProperty("monthly");
  expect(odd).not.toHaveProperty("monthly");
});

test("invisible characters are written out, and a text has an end", () => {
  for (const name of HOSTILE) {
    const text = JSON.stringify(data([record(name, { owner: name, branch: name, failure: name })]));
    expect(JSON.parse(text).previews[0].name).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  }
  const { history, owner } = data([
    record("a", {
      owner: "x".repeat(10_000),
      history: Array.from({ length: 900 }, (_, at) => ({ at: `${at}`, from: "a", to: "b", by: "c" })),
    }),
  ]).previews[0] ?? { history: [], owner: "" };
  expect(owner).toHaveLength(501);
  expect(history.map(({ at }) => at).slice(0, 2)).toEqual(["899", "898"]);
  expect(history).toHaveLength(50);
});
