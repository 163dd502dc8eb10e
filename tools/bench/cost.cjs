"use strict";

// Prices a plan of as many resources as the first argument says: instances, volumes, and services with their tasks.
const { priceOf } = require("../../cli/dist/cost/price");

const count = Number(process.argv[2]);
/** @type {readonly ((at: number) => readonly [type: string, after: object])[]} */
const KINDS = [
  () => ["aws_instance", { instance_type: "m5.large" }],
  () => ["aws_ebs_volume", { size: 20, type: "gp3" }],
  (at) => ["aws_ecs_task_definition", { family: `task${at}`, cpu: "256", memory: "512" }],
  (at) => ["aws_ecs_service", { launch_type: "FARGATE", desired_count: 1, task_definition: `task${at - 1}` }],
];

const resource_changes = Array.from({ length: count }, (_, at) => {
  const [type, after] = /** @type {(at: number) => readonly [string, object]} */ (KINDS[at % KINDS.length])(
    at,
  );
  return {
    address: `${type}.r${at}`,
    mode: "managed",
    type,
    change: { actions: ["create"], before: null, after },
  };
});
const { counts } = priceOf(/** @type {any} */ ({ region: "us-east-1", resource_changes }), {
  day: "2026-11-30",
});
if (counts.priced + counts.free !== count) throw new Error(`${JSON.stringify(counts)} of ${count} resources`);
