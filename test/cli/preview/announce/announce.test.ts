import { gitHub } from "../../../../cli/github/client";
import { announce } from "../../../../cli/preview/announce/announce";
import type { PreviewRecord } from "../../../../cli/preview/dashboard/data";
import { GitHub } from "../../../github/server";
import { record } from "../dashboard/records";

const OURS = "github-actions[bot]";

let server: GitHub;
beforeEach(async () => {
  server = await GitHub.start();
  server.repository.pull(7, "a".repeat(40));
});
afterEach(async () => {
  await server.stop();
  expect(server.violations).toEqual([]);
});

let runs = 0;
function nextRun(): number {
  runs += 1;
  return runs;
}

function say(
  preview: PreviewRecord | { name: string; receipt?: { resources: unknown[]; left: string[] } },
  pull?: number,
  run = nextRun(),
) {
  const env = server.environment();
  return announce({
    github: gitHub("octo-org/platform", env),
    preview,
    pull,
    author: OURS,
    run: { number: run, attempt: 1 },
    region: "us-east-1",
  });
}

const PAY = record("preview-pay");

test("one comment follows a preview from its beginning to its end, and so does a deployment", async () => {
  expect(await say({ ...PAY, status: "provisioning", endpoint: undefined }, 7)).toMatchObject({
    comment: { kind: "created" },
    deployment: "created",
  });
  expect(await say(PAY, 7)).toMatchObject({ comment: { kind: "updated" }, deployment: "updated" });
  expect(await say(PAY, 7)).toMatchObject({ deployment: "unchanged" });
  const [comment] = server.repository.comments;
  expect(comment?.body).toContain("### Preview `preview-pay` ✅ answers");
  expect(comment?.body).toContain(
    "| Address | [`preview-pay.previews.example.com`](https://preview-pay.previews.example.com/) |",
  );
  expect(comment?.body).toContain("| Gone by | 2026-12-06 10:00 UTC, unless");
  expect(comment?.body).toContain("| Price | about $1.44 a day, $43.80 a month while it runs |");
  const receipt = { resources: [1, 2, 3], left: [] };
  expect(await say({ name: "preview-pay", receipt }, 7)).toMatchObject({
    comment: { kind: "updated" },
    deployment: "updated",
  });
  expect(server.repository.comments).toHaveLength(1);
  expect(comment?.body).toContain(
    "### Preview `preview-pay` is gone\n\n3 resources were destroyed, and AWS lists nothing more by its tag.",
  );
  expect(server.repository.deployments.all).toEqual([
    expect.objectContaining({
      ref: PAY.commit,
      environment: "preview-pay",
      states: [
        { state: "in_progress", url: "", description: "provisioning, gone by 2026-12-06T10:00Z" },
        {
          state: "success",
          url: "https://preview-pay.previews.example.com/",
          description: "active, gone by 2026-12-06T10:00Z",
        },
        { state: "inactive", url: "", description: "the preview is gone" },
      ],
    }),
  ]);
});

test("another commit has a deployment of its own, and all end with the preview", async () => {
  await say(PAY);
  await say({ ...PAY, commit: "f".repeat(40) });
  expect(server.repository.deployments.all).toHaveLength(2);
  expect(server.repository.comments).toEqual([]);
  await say({ name: "preview-pay" });
  expect(server.repository.deployments.all.map(({ states }) => states.at(-1)?.state)).toEqual([
    "inactive",
    "inactive",
  ]);
});

test("two previews of a pull request have a comment each", async () => {
  await say(PAY, 7);
  await say(record("preview-worker"), 7);
  expect(server.repository.comments).toHaveLength(2);
});

test("an older run does not write over a newer one's comment", async () => {
  await say(PAY, 7, 900);
  expect(await say({ ...PAY, status: "failed", failure: "old" }, 7, 899)).toMatchObject({
    comment: { kind: "skipped" },
  });
});

test("one that is gone and never had a comment gets none", async () => {
  expect(await say({ name: "preview-pay" }, 7)).toMatchObject({
    comment: { kind: "unchanged" },
    deployment: "unchanged",
  });
  expect(server.repository.comments).toEqual([]);
});

test("without a commit there is no deployment, and a failure is one", async () => {
  expect((await say({ ...PAY, commit: undefined })).deployment).toBe("none");
  await say({ ...PAY, status: "failed", failure: "exit code 1" }, 7);
  expect(server.repository.deployments.all[0]?.states.at(-1)).toMatchObject({ state: "failure", url: "" });
});

test("a token that may not write is told what it needs", async () => {
  const env = server.environment({ login: OURS, type: "Bot", writes: false });
  const github = gitHub("octo-org/platform", env);
  await expect(
    announce({ github, preview: PAY, author: OURS, run: { number: 1, attempt: 1 } }),
  ).rejects.toThrow(/GitHub answers 403/);
});
