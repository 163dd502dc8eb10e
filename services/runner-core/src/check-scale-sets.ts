import type { Finding } from "./checks";
import { formerScaleSets } from "./former-scale-sets";
import { isOwner, ownersOf } from "./owners";
import type { Context } from "./ports";
import { serves } from "./settings";

/** Whether the listener has made the scale sets, and GitHub has no job that it was not there for. */
export async function checkScaleSets({
  settings,
  scaleSetsOf,
  ledger,
}: Pick<Context, "settings" | "scaleSetsOf" | "ledger">): Promise<readonly Finding[]> {
  const findings: Finding[] = (await formerScaleSets({ ledger, settings })).map(({ owner, pool, id }) => ({
    check: `Former scale set of ${pool}${owner === "" ? "" : ` of ${owner}`}`,
    level: "warn",
    found: `${id} is there still, and jobs that GitHub gives to it wait for ever`,
    instead: isOwner(owner, settings)
      ? "runner-reconcile takes it away within a minute once no job of it runs; its log says why it cannot"
      : "its owner is not named any more: delete it in the owner's settings, Actions, Runners",
  }));
  if (!scaleSetsOf) return findings;
  for (const { key } of ownersOf(settings)) {
    for (const pool of settings.pools.filter((one) => serves(one, key) && !one.standing)) {
      const check = `Scale set of ${pool.name}${key === "" ? "" : ` of ${key}`}`;
      const look = `see that the listener runs, and its log: aws logs tail /ecs/${settings.fleet}-runner-listener`;
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
