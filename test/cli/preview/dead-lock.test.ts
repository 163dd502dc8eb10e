import { isOver } from "../../../cli/preview/dead-lock";
import { machineOf } from "../../../cli/preview/hold";
import { run } from "./made";

const lock = (Who: string, Created: string) => ({
  ...{ ID: "1", Operation: "OperationTypeApply", Info: "", Version: "", Path: "" },
  Who,
  Created,
});
const STARTED = "2026-11-05T12:00:00.000Z";
const LATER = "2026-11-05T12:05:00.123456789Z";
const held = {
  ...run("x", "create", STARTED),
  process: { machine: machineOf("runner-1"), pid: 7, began: "1" },
};
const facts = { run: held, hasEnded: true, machine: machineOf("laptop"), bootedAt: 0 };

test("a lock of a run whose workflow has ended is released: its machine is gone", () => {
  expect(isOver(lock("runner@runner-1", LATER), facts)).toBe(true);
  expect(isOver(lock("a@b@runner-1", LATER), facts)).toBe(true);
});

test("a run that only says nothing any more is no proof: its Terraform may go on", () => {
  expect(isOver(lock("runner@runner-1", LATER), { ...facts, hasEnded: false })).toBe(false);
});

test("a lock of another machine, of before that run, or of nobody is not released", () => {
  expect(isOver(lock("runner@runner-2", LATER), facts)).toBe(false);
  expect(isOver(lock("runner@runner-1", "2026-11-05T11:59:59Z"), facts)).toBe(false);
  expect(isOver(lock("runner@runner-1", "soon"), facts)).toBe(false);
  expect(isOver(lock("", LATER), facts)).toBe(false);
  const { process: _, ...unknown } = held;
  expect(isOver(lock("runner@runner-1", LATER), { ...facts, run: unknown })).toBe(false);
});

test("a lock of this machine is released when the machine was started since", () => {
  const here = { ...facts, machine: machineOf("runner-1"), hasEnded: false };
  expect(isOver(lock("me@runner-1", LATER), { ...here, bootedAt: Date.parse(LATER) + 1 })).toBe(true);
  expect(isOver(lock("me@runner-1", LATER), { ...here, bootedAt: Date.parse(STARTED) })).toBe(false);
});
