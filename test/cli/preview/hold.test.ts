import { CliError } from "../../../cli/console/errors";
import { Hold, type HoldProps } from "../../../cli/preview/hold";
import { LAST_GRACE, renew, STUCK } from "../../../cli/preview/life-cycle";
import type { Metadata } from "../../../cli/preview/metadata";
import { PREVIEW, run } from "./made";

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

test("what a task wrote is shown, and not stored: a comment and a page would show it to everybody", async () => {
  const { store, now } = storeOf(PREVIEW);
  const failure = new CliError(
    1,
    "task migrate failed: exit code 1",
    "at arn",
    "| postgres://db:hunter2@host/db",
  );
  const act = () => Promise.reject(failure);
  const failing = Hold.during({ store, name: PREVIEW.name, work: "create", env: {} }, act);
  await expect(failing).rejects.toBe(failure);
  expect(failure.message).toContain("hunter2");
  expect(now()).toMatchObject({
    status: "failed",
    failure: "create: task migrate failed: exit code 1\n  at arn",
  });
  expect(JSON.stringify(now())).not.toContain("hunter2");
});

test("a destroy that hangs and does not stop when it is asked to is taken over; one that goes on is waited for", async () => {
  // GIVEN the word of another machine's run, a moment ago
  const ago = (milliseconds: number) => new Date(Date.now() - milliseconds).toISOString();
  const hung = (startedAt: string, stoppedAt: string): Metadata => ({
    ...PREVIEW,
    status: "destroying",
    run: { ...run("other", "destroy", startedAt), renewedAt: ago(0), stop: { at: stoppedAt, by: "ana" } },
  });
  const { store, now } = storeOf(hung(ago(STUCK), ago(LAST_GRACE)));

  // WHEN
  await during(store, { stopOthers: true });

  // THEN
  expect(now().status).toBe("gone");
  expect(() => renew(now(), "other", ago(0))).toThrow("does not hold preview payment-api any more");

  // AND neither one that began later, nor one that was asked just now.
  for (const one of [hung(ago(STUCK - 60_000), ago(LAST_GRACE)), hung(ago(STUCK), ago(LAST_GRACE - 60_000))])
    await expect(during(storeOf(one).store, {})).rejects.toThrow("is held by another run");
});
