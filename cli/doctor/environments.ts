import { CliError } from "../console/errors";
import { inOrder } from "../project/environment";
import { NAMING_FORMS } from "../project/naming";
import { type Project, readNaming, type Stack } from "../project/project";
import { readSettings } from "../project/settings";
import { type Finding, failed, ok, warn } from "./finding";

const CHECK = "Environments";

/** Which environments there are, by what, and whether it is said in which order they are applied. */
export function checkEnvironments(project: Project, stacks: readonly Stack[]): Finding {
  try {
    return environmentsOf(project, stacks);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return failed(CHECK, error);
  }
}

function environmentsOf(project: Project, stacks: readonly Stack[]): Finding {
  const { promotion } = readSettings(project);
  const { by, unclear } = readNaming(project, stacks);
  const names = inOrder(
    [...new Set(stacks.flatMap(({ environment }) => environment ?? []))].sort(),
    promotion,
  );
  const example = stacks.find(({ environment }) => environment !== undefined);
  const said = by === "settings" ? "as cdktf.json says" : "by the names of the stacks";
  const found =
    names.length === 0
      ? `none, ${said}`
      : `${names.join(", ")}, ${said}: ${example?.name} is ${example?.unit} in ${example?.environment}`;
  if (unclear.length > 0) {
    return warn(
      CHECK,
      `${found}; not clear: ${unclear.join(", ")}`,
      `say in cdktf.json how names are read, e.g. ${NAMING_FORMS}`,
    );
  }
  const unsaid = names.filter((name) => !(promotion ?? []).includes(name));
  if (names.length > 1 && unsaid.length > 0) {
    const order = JSON.stringify(inOrder([...new Set([...(promotion ?? []), ...names])], promotion));
    return warn(
      CHECK,
      `${found}; nothing says when ${unsaid.join(", ")} ${unsaid.length === 1 ? "is" : "are"} applied`,
      `write the order into cdktf.json, e.g. "groundplan": {"promotion": ${order.replaceAll(",", ", ")}}`,
    );
  }
  const unknown = (promotion ?? []).filter((name) => !names.includes(name));
  if (unknown.length === 0) return ok(CHECK, promotion ? `${found}; in this order` : found);
  return warn(
    CHECK,
    `${found}; "promotion" in cdktf.json names ${unknown.join(", ")}, and no stack is of it`,
    `correct the name, or say how names are read, e.g. ${NAMING_FORMS}`,
  );
}
