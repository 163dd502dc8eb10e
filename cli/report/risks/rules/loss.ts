import type { Found, Rule, Subject } from "../risk";
import { isStateful } from "../stateful";

/** Deletions and replacements, with what forces them, and what leaves Terraform's care. */
export const loss: Rule = (subject) => {
  const { change } = subject;
  if (change.unknownActions.length > 0) {
    const message = `an action that this version does not know: ${change.unknownActions.join(", ")}`;
    return [
      { rule: "unknown-action", level: "high", message },
      ...(change.deletes ? [deletion(subject)] : []),
    ];
  }
  if (change.deposed !== undefined && change.deletes) {
    return [
      {
        rule: "delete",
        level: "medium",
        message: `deposed object ${change.deposed} deleted, which an earlier replacement has left; the current one stays`,
      },
    ];
  }
  if (isKmsKey(change.type) && change.deletes) return [keyDeletion(subject)];
  if (change.deletes) return [deletion(subject)];
  if (change.action === "forget" || change.action === "replace") {
    return [
      {
        rule: "forget",
        level: "medium",
        message: "no longer managed by Terraform; the object itself stays",
      },
    ];
  }
  return [];
};

function deletion({ change }: Subject): Found {
  const stateful = isStateful(change.type);
  const verb = change.action === "replace" ? "replaced" : "deleted";
  const forced = change.forcedBy.length > 0 ? `, forced by ${change.forcedBy.join(", ")}` : "";
  const reason = forced === "" && change.reason ? `: ${change.reason}` : "";
  return {
    rule: `${change.action === "replace" ? "replace" : "delete"}${stateful ? "-stateful" : ""}`,
    level: stateful ? "high" : "medium",
    message: `${verb}${stateful ? ", with what it holds" : ""}${forced}${reason}`,
  };
}

function isKmsKey(type: string): boolean {
  return /^aws_kms_(replica_)?(external_)?key$/.test(type);
}

function keyDeletion({ change, before }: Subject): Found {
  const days = typeof before.deletion_window_in_days === "number" ? before.deletion_window_in_days : 30;
  const why = change.forcedBy.length > 0 ? `, forced by ${change.forcedBy.join(", ")}` : "";
  return {
    rule: "kms-key-deletion",
    level: "high",
    message: `KMS key deleted after ${days} days${why}; what it encrypts can then never be read again`,
  };
}
