import { checkQuotas, findWanted, forgetGone, nameFor } from "../../../cli/preview/claim";
import type { Metadata } from "../../../cli/preview/metadata";
import type { PreviewStore } from "../../../cli/preview/store";
import { PREVIEW } from "./made";

/** A store that has these previews. */
const storeOf = (...previews: readonly Partial<Metadata>[]) =>
  ({
    find: async (name: string) => {
      const found = previews.find((one) => one.name === name);
      return found && { ...PREVIEW, ...found };
    },
  }) as unknown as PreviewStore;

const NONE: ReadonlySet<string> = new Set();

const SHOP = { branch: "feature/pay", repository: "acme/shop" };

test("a branch keeps the name that it has, and gets the first that no other has", async () => {
  expect(await nameFor(storeOf(), SHOP, NONE)).toBe("preview-pay");
  expect(await nameFor(storeOf({ name: "preview-pay", ...SHOP }), SHOP, NONE)).toBe("preview-pay");
  const other = storeOf({ name: "preview-pay", branch: "fix/pay", repository: "acme/shop" });
  const name = await nameFor(other, SHOP, NONE);
  expect(name).toMatch(/^preview-pay-[0-9a-f]{8}$/);
  const both = storeOf({ name: "preview-pay", branch: "fix/pay" }, { name, ...SHOP });
  expect(await nameFor(both, SHOP, NONE)).toBe(name);
  expect((await findWanted(both, SHOP))?.name).toBe(name);
  // The same branch of another repository.
  expect(
    await nameFor(storeOf({ name: "preview-pay", ...SHOP }), { ...SHOP, repository: "acme/app" }, NONE),
  ).not.toBe("preview-pay");
});

test("what is gone leaves its name, and another's preview is never found by its branch", async () => {
  expect(await nameFor(storeOf({ name: "preview-pay", status: "gone" }), SHOP, NONE)).toBe("preview-pay");
  expect(await findWanted(storeOf({ name: "preview-pay", branch: "fix/pay" }), SHOP)).toBeUndefined();
});

test("what is known of one that is gone is removed, and nothing else", async () => {
  const removed: string[] = [];
  const store = (metadata: Partial<Metadata> | undefined) =>
    ({
      stored: async (name: string) =>
        metadata && { name, etag: "1", metadata: { ...PREVIEW, ...metadata, name } },
      remove: async (name: string) => removed.push(name),
    }) as unknown as PreviewStore;
  for (const there of [
    undefined,
    { status: "active" as const, ...SHOP },
    { status: "gone" as const, branch: "fix/pay" },
  ])
    await forgetGone(store(there), SHOP);
  expect(removed).toEqual([]);
  await forgetGone(store({ status: "gone", ...SHOP }), SHOP);
  await forgetGone(store({ status: "gone" }), { name: "shop" });
  expect(removed).toEqual(["preview-pay", expect.stringMatching(/^preview-pay-[0-9a-f]{8}$/), "shop"]);
});

test("refuses a name that is another's, an environment's, or of the form of a branch's", async () => {
  await expect(nameFor(storeOf({ name: "shop", ...SHOP }), { name: "shop" }, NONE)).rejects.toThrow(
    /is there, and of branch feature\/pay/,
  );
  await expect(nameFor(storeOf(), { name: "dev" }, new Set(["dev"]))).rejects.toThrow(
    /dev is a name of the platform itself.*\n.*--name my-dev/,
  );
  await expect(nameFor(storeOf(), { name: "preview-x" }, NONE)).rejects.toThrow(/are those of branches/);
  await expect(nameFor(storeOf(), {}, NONE)).rejects.toThrow(/which preview/);
});

test("a branch whose name is the platform's own gets the one with a hash", async () => {
  const taken = new Set(["preview-wake"]);
  expect(await nameFor(storeOf(), { branch: "wake" }, taken)).toMatch(/^preview-wake-[0-9a-f]{8}$/);
  // What was made before the name was the platform's stays the branch's.
  const there = storeOf({ name: "preview-wake", branch: "wake" });
  expect(await nameFor(there, { branch: "wake" }, taken)).toBe("preview-wake");
});

test("the preview of a branch is found by its name too: a workflow names it so", async () => {
  const there = storeOf({ name: "preview-pay", ...SHOP });
  expect((await findWanted(there, { name: "preview-pay" }))?.branch).toBe("feature/pay");
});

test("a quota that is used up is said, with what to destroy", () => {
  const previews = [
    { name: "a1", owner: "ana" },
    { name: "b1", owner: "ben" },
  ];
  expect(() => checkQuotas(previews, "ana", { quotaTotal: 3, quotaPerOwner: 2 })).not.toThrow();
  expect(() => checkQuotas(previews, "ana", { quotaTotal: 3, quotaPerOwner: 1 })).toThrow(
    /ana has 1 previews.*\n.*destroy one of a1/,
  );
  expect(() => checkQuotas(previews, "cy", { quotaTotal: 2, quotaPerOwner: 1 })).toThrow(
    /there are 2 previews, and 2 at most/,
  );
});
