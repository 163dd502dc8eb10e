import { ScheduledTask } from "@groundplan/modules/service";
import { Type } from "@sinclair/typebox";
import { previewDatabase } from "../database";
import { CONFIG } from "../input";
import { template } from "../template";

export default template(
  {
    summary: "A container that runs at its times, with a database where one is asked for.",
    parameters: Type.Required(Type.Pick(CONFIG, ["schedule"])),
  },
  (preview, { schedule: { expression, timezone } }) => {
    const database = preview.input.database === "none" ? undefined : previewDatabase(preview);
    const worker = new ScheduledTask(preview, "worker", {
      ...preview.taskProps(database?.access),
      schedule: { expression, ...(timezone === undefined ? {} : { timezone }) },
      scheduleGroup: preview.shared.scheduleGroup,
      // Sleep and wake turn it off and on.
      stateChangesOutside: true,
    });
    return { worker, ...(database ? { database } : {}) };
  },
);
