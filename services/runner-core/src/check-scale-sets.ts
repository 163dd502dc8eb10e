import type { Finding } from "./checks";
import { formerScaleSets } from "./former-scale-sets";
import { isOwner, ownersOf } from "./owners";
import type { Context } from "./ports";
import { serves } from "./settings";

/** Whether the listener has made the scale sets, and GitHub has no job that it was not there for. */
export async function checkScaleSets(
  context: Pick<Context, "settings" | "scaleSetsOf" | "formerScaleSetsOf" | "ledger">,
): Promise<readonly Finding[]> {
  const { settings, scaleSetsOf } = context;
  const findings = [...(await checkFormer(context))];
  if (!scaleSetsOf) return findings;
  for (const { key } of ownersOf(settings)) {
    for (const pool of settings.pools.filter((one) => serves(one, key) && !one.standing)) {
      const check = `Scale set of ${pool.name}${key === "" ? "" : ` of ${key}`}`;
      const look = `see that the listener runs, and its log: npx groundplan runner logs --source listener`;
      try {
        const set = await scaleSetsOf(key).find(pool);
        const waiting = set?.statistics?.totalAvailableJobs ?? 0;
        if (!set)
          findings.push({ check, level: "fail", found: "GitHub has none: no job comes here", instead: look });
        else if (waiting > 0)
          findings.push({
            check,
            level: "warn",
            found: `${waiting} jobs are there that nobody has acquired`,
            instead: look,
          });
        else findings.push({ check, level: "ok", found: `${set.id}, ${set.labels.join(", ")}` });
      } catch (error) {
        findings.push({
          check,
          level: "fail",
          found: (error as Error).message,
          instead: "see that the app has the permission for self-hosted runners, and ask again",
        });
      }
    }
  }
  return findings;
}

/** Scale sets that nobody listens to any more: those of the book, and those that GitHub has by the names of the pools. */
async function checkFormer({
  settings,
  formerScaleSetsOf,
  ledger,
}: Pick<Context, "settings" | "formerScaleSetsOf" | "ledger">): Promise<readonly Finding[]> {
  const former = (owner: string, pool: string, found: string, instead: string): Finding => ({
    check: `Former scale set of ${pool}${owner === "" ? "" : ` of ${owner}`}`,
    level: "warn",
    found,
    instead,
  });
  const waits = "is there still, and jobs that GitHub gives to it wait for ever";
  const byHand = "delete it in the owner's settings, Actions, Runners";
  const noted = await formerScaleSets({ ledger, settings });
  const findings = noted.map(({ owner, pool, id }) =>
    former(
      owner,
      pool,
      `${id} ${waits}`,
      isOwner(owner, settings)
        ? "runner-reconcile takes it away within a minute once no job of it runs; its log says why it cannot"
        : `its owner is not named any more: ${byHand}`,
    ),
  );
  if (!formerScaleSetsOf) return findings;
  for (const { key } of ownersOf(settings)) {
    for (const pool of settings.pools.filter((one) => serves(one, key))) {
      if (settings.scaleSets && !pool.standing) continue;
      try {
        const set = await formerScaleSetsOf(key).find(pool);
        if (!set || noted.some(({ owner, id }) => owner === key && id === set.id)) continue;
        const found = `${set.id} ${waits}; the table does not know it, so nobody takes it away`;
        findings.push(former(key, pool.name, found, byHand));
      } catch (error) {
        // A GitHub without scale sets has none.
        if ((error as { readonly status?: number }).status === 404) break;
        const found = `GitHub does not say whether there is one: ${(error as Error).message}`;
        findings.push(former(key, pool.name, found, "see what else is wrong first, and ask again"));
        // It says no more of the other pools.
        break;
      }
    }
  }
  return findings;
}
