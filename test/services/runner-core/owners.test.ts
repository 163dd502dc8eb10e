import { ownerPage } from "../../../services/runner-core/src/owner-page";
import {
  contextOf,
  eachOwner,
  gitHubIdOf,
  ownerOfRunner,
  parseRunnerId,
  runnerIdOf,
} from "../../../services/runner-core/src/owners";
import type { Context, GitHub } from "../../../services/runner-core/src/ports";
import { waitingJobs } from "../../../services/runner-core/src/queued-jobs";
import { poolFor } from "../../../services/runner-core/src/settings";
import { SETTINGS } from "./model/world";

const FURTHER = [
  { owner: "Else", installationId: 6, scope: "organization", repositories: [], groupId: 7 },
  { owner: "user", installationId: 7, scope: "repository", repositories: ["Shop"], groupId: 1 },
] as const;

test.each([
  ["", 17, 17],
  ["else", 17, "else/17"],
  ["user/.github", 17, "user/.github/17"],
])("a runner of owner %p has an id that leads back to both", (owner, id, runnerId) => {
  expect(runnerIdOf(owner, id)).toBe(runnerId);
  expect([ownerOfRunner(runnerId), gitHubIdOf(runnerId)]).toEqual([owner, id]);
  expect(parseRunnerId(String(runnerId))).toBe(runnerId);
});

test.each([undefined, "", "0", "-1", "x", "a/b/c/1", "else/", "else/x"])(
  "%p is no id of a runner",
  (text) => {
    expect(parseRunnerId(text)).toBeUndefined();
  },
);

test("an owner that cannot be reached does not keep the others from being looked after, and is named", async () => {
  const said: unknown[] = [];
  const done: string[] = [];
  const context = {
    settings: { ...SETTINGS, furtherOwners: FURTHER },
    githubOf: () => ({}),
    log: ({ message }: { message: string }) => said.push(message),
  } as unknown as Context;
  const work = eachOwner(context, async ({ owner }) => {
    if (owner === "else") throw new Error("the app was taken away");
    done.push(owner);
  });
  await expect(work).rejects.toThrow("1 of 3 owners could not be looked after");
  expect(done).toEqual(["", "user/shop"]);
  expect(said).toEqual(["owner else: the app was taken away"]);
});

test("a job of a repository that is an owner beside its organization is looked for by one of them", async () => {
  const [small] = SETTINGS.pools;
  if (!small) throw new Error("there are no pools");
  const page = async <T>(items: readonly T[]) => ({ items, next: undefined });
  const github = {
    repositories: () => page(["Shop", "other"]),
    runs: (repository, state) => page(state === "queued" ? [{ repository, id: 1 }] : []),
    queuedJobs: ({ repository }) =>
      page(
        ["linux", "gpu"].map((label, index) => ({
          id: (repository === "other" ? 10 : 20) + index,
          labels: ["self-hosted", label],
          queuedAt: 0,
        })),
      ),
  } as Partial<GitHub> as GitHub;
  const settings = {
    ...SETTINGS,
    pools: [small, { ...small, name: "theirs", labels: ["gpu"], owner: "octo/shop" }],
    furtherOwners: [
      { owner: "Octo", installationId: 5, scope: "repository", repositories: ["shop"], groupId: 1 },
    ],
  } as const;
  const context = { settings, githubOf: () => github } as unknown as Context;
  const found = async (owner: string) => (await waitingJobs(contextOf(context, owner))).map(({ id }) => id);
  expect([await found(""), await found("octo/shop")]).toEqual([[20, 10], [21]]);
});

test("a pool with an owner is for that one, and instances that stay are for one alone", () => {
  const [small, large] = SETTINGS.pools;
  if (!small || !large) throw new Error("there are no pools");
  const pools = [
    { ...small, name: "own", standing: { groupName: "g", hookName: "h" } },
    { ...small, name: "theirs", owner: "else" },
    { ...small, name: "all" },
  ];
  const fits = (owner: string) => poolFor(["linux"], { pools }, owner)?.name;
  expect([fits(""), fits("else"), fits("user/shop")]).toEqual(["own", "theirs", "all"]);
});

test.each([
  ["https://api.github.com", "https://github.com/Else"],
  ["https://api.octo.ghe.com", "https://octo.ghe.com/Else"],
  ["https://github.example.com/api/v3", "https://github.example.com/Else"],
])("with the API at %s, an owner's page is %s", (api, page) => {
  expect(ownerPage(api, FURTHER[0])).toBe(page);
  expect(ownerPage(api, FURTHER[1])).toBe(page.replace("Else", "user/Shop"));
});
