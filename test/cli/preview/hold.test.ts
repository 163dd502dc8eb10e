import { Hold, type HoldProps } from "../../../cli/preview/hold";
import type { Metadata } from "../../../cli/preview/metadata";
import { PREVIEW } from "./made";

/** What is stored of one preview, in this process alone: every change of it succeeds at once. */
function storeOf(metadata: Metadata): { readonly store: HoldProps["store"]; readonly now: () => Metadata } {
  let kept = metadata;
  const change = async (_: string, decide: (found: Metadata) => Metadata) => {
    kept = decide(kept);
    return kept;
  };
  return { store: { change } as unknown as HoldProps["store"], now: () => kept };
}

const during = (store: HoldProps["store"], more: Partial<HoldProps>) =>
  Hold.during({ store, name: PREVIEW.name, work: "destroy", env: {}, ...more }, async () => ({ to: "gone" }));

test("what is judged when it is taken ends the attempt, and nothing is written", async () => {
  const { store, now } = storeOf(PREVIEW);
  const allow = ({ expiresAt }: Metadata) => {
    throw new Error(`it lives until ${expiresAt}`);
  };
  await expect(during(store, { allow })).rejects.toThrow("it lives until 2026-11-08T10:00:00.000Z");
  expect(now()).toBe(PREVIEW);
});

test("what is allowed is held, and ends as it is said", async () => {
  const { store, now } = storeOf(PREVIEW);
  await during(store, { allow: () => undefined });
  expect(now()).toMatchObject({ status: "gone", history: [{ to: "destroying" }, { to: "gone" }] });
  expect(now().run).toBeUndefined();
});
